export { FIREWALL_MACHINE } from './enrich.ts';
export { type FoundInfra, findInfra } from './find.ts';
export { bitsOf, isHostOf6, parseCidr6, parseIpv6 } from './ipv6.ts';
export { infraJsonSchema } from './json-schema.ts';
export { loadInfra, loadTexts } from './load.ts';
export { isSchedule } from './schedule.ts';
export type { SourceText } from './sources.ts';
export * from './types.ts';
export { incusExpiry, infraExpiry } from './units.ts';
