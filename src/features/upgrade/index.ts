export { lookAtUpgrade, type UpgradeSight } from './look.ts';
export { clearUpgrade, type Upgraded, upgrade } from './upgrade.ts';
export type { Validation } from './validate.ts';
