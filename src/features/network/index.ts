export { settleBoot } from './boot-hold.ts';
export { isBootWanted, type OfferBoot, writeOffered } from './boot-offer.ts';
export { keepComing } from './boot-rules.ts';
export { type Closed, closeUndeclared, takeRulesAway } from './closed.ts';
export {
  bridgesOfOthers,
  FIREWALL_TAG,
  type FirewallReport,
  provisionPhase,
  raiseFirewall,
} from './firewall.ts';
export { findRulesFile, writeRules } from './rules-file.ts';
export { lookAtWalls, staleRules } from './stale-rules.ts';
export { refuseUnwalled, type UnwalledChoice, type WalledBy, walledBy } from './unwalled.ts';
export { deployWalls, proveWalls, renewWalls, type WallDeployment } from './walls.ts';
