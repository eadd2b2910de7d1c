export { attachFirewall } from './attach.ts';
export { routerFiles } from './files.ts';
export { provisionRouter } from './provision.ts';
export { deploySteering, type SteeringState, steeringState } from './steer.ts';
export { type Steering, steeringFor } from './steering.ts';
