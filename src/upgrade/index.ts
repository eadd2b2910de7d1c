export { carryOutUpgrade } from './carry-out.ts';
export { lookAtUpgrade, type UpgradeSight } from './look.ts';
export { type Validation, validateUpgrade } from './validate.ts';
