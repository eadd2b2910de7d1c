export { applyWorld } from './apply-world.ts';
export { bringUp, type UpReport } from './bring-up.ts';
export type { Applying, CopiesReport, EqualMachinesRun } from './equal-machines.ts';
export { endingOf, type Provisioning, provisionMachines } from './provision.ts';
export { syncProject } from './sync-project.ts';
