export { applyWorld } from './apply-world.ts';
export { bringUp, type UpReport } from './bring-up.ts';
export { planSteeringThrough, steeringStatus, steerThrough } from './firewall.ts';
export { endingOf, type Provisioning, provisionMachines } from './provision.ts';
export { syncProject } from './sync-project.ts';
