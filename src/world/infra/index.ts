export { assignHosts, FIREWALL_HOST, GATEWAY_HOST } from './addressing.ts';
export {
  type Danger,
  type DangerSurroundings,
  dangersOf,
  isSocketOfRole,
  type Layer,
  permits,
} from './dangers/index.ts';
export { FIREWALL_MACHINE } from './enrich.ts';
export { type FoundInfra, findInfra } from './find.ts';
export { type KeyKind, keyKind } from './incus-keys.ts';
export { bitsOf, ipv6Of, isHostOf6, parseCidr6, parseIpv6 } from './ipv6.ts';
export { infraJsonSchema } from './json-schema.ts';
export {
  DOMAIN_KEYS,
  GLOBAL_KEYS,
  IMAGE_KEYS,
  incusConfigOf,
  MACHINE_KEYS,
  type ReadDomainFields,
  type Readers,
  type ReadGlobalFields,
  type ReadMachineFields,
  readFieldsOf,
  variablesOf,
  writtenFor,
} from './keys/index.ts';
export { collide, type Listen, listensOf, listenText } from './listens.ts';
export { loadInfra, loadTexts } from './load.ts';
export { parseIpv4 } from './names.ts';
export { nearest } from './nearest.ts';
export {
  isNic,
  type NicKind,
  type NicSurroundings,
  type NicTarget,
  nicTarget,
} from './nics.ts';
export type { DescribeRoles, RoleDescription, RoleVariable } from './roles/describe.ts';
export { earlierRole } from './roles/earlier.ts';
export type { SourceText } from './sources.ts';
export * from './types.ts';
export {
  expirySeconds,
  isOff,
  isOn,
  parsePercent,
  parseSize,
  sizeFactor,
} from './units.ts';
export { isOwnProject } from './validate/names.ts';
export { writtenOut } from './written.ts';
export { type Zones, zonesOf } from './zones.ts';
