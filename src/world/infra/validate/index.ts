import { managedPart } from '../described.ts';
import type { Finding } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import type { ResolveContext } from '../types.ts';
import { addresses } from './addresses.ts';
import { aiAccess } from './ai-access.ts';
import { ceilings } from './ceilings.ts';
import { config } from './config.ts';
import { containers } from './containers.ts';
import { dangers } from './dangers.ts';
import { described } from './described.ts';
import { devices } from './devices.ts';
import { filePortal } from './file-portal.ts';
import { firewall } from './firewall.ts';
import { gpu } from './gpu.ts';
import { ipv6 } from './ipv6.ts';
import { names } from './names.ts';
import { policies } from './policies.ts';
import { privileged } from './privileged.ts';
import { profiles } from './profiles.ts';
import { proxies } from './proxies.ts';
import { required } from './required.ts';
import { resourcePolicy } from './resource-policy.ts';
import { snapshots } from './snapshots.ts';
import { subnets } from './subnets.ts';
import { volumes } from './volumes.ts';

/** A rule looks at a well-formed document and reports all it finds; it fills nothing in. */
type Rule = (raw: RawInfra, context: ResolveContext) => Finding[];

const RULES: readonly Rule[] = [
  required,
  names,
  subnets,
  addresses,
  ipv6,
  profiles,
  gpu,
  privileged,
  dangers,
  containers,
  firewall,
  aiAccess,
  policies,
  config,
  ceilings,
  devices,
  proxies,
  volumes,
  snapshots,
  filePortal,
  resourcePolicy,
];

/** Runs every rule. */
export function validate(raw: RawInfra, context: ResolveContext): Finding[] {
  const managed = managedPart(raw);
  return [...RULES.flatMap((rule) => rule(managed, context)), ...described(raw)];
}
