export { applyWorld } from './apply-world.ts';
export { bringUp, type UpReport } from './bring-up.ts';
export { endingOf, type Provisioning, provisionMachines } from './provision.ts';
export { syncProject } from './sync-project.ts';
