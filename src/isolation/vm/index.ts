export { attachFirewall } from './attach.ts';
export { routerFiles } from './files.ts';
export { provisionRouter } from './provision.ts';
export {
  changesTo,
  deploySteering,
  planSteering,
  type Spared,
  type SteeringState,
  steeringState,
} from './steer.ts';
export { type Leg, NO_STEERING, steeringFor } from './steering.ts';
export { legsOfText, withSteering } from './steering-text.ts';
export { type Block, blockOf } from './subnets.ts';
