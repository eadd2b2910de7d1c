import { DOMAIN_KEYS } from '../infra/index.ts';
import type { DesiredDomain, DesiredMachine, DesiredNetwork, DesiredProfile } from './desired.ts';
import { config, devices, field, fields, Mismatch, mapOf, requiredField } from './parse.ts';
import { readCeilings } from './read-ceilings.ts';
import { readRows } from './read-rows.ts';
import {
  address,
  address6,
  bridgeName,
  isObjectName,
  network,
  network6,
  objectName,
} from './shapes.ts';
import type { Value } from './value.ts';
import type { Variables } from './variables.ts';

/** A domain as its variables state it; only to be used when no error was told. */
export function readDomain(
  name: string,
  variables: Variables,
  machines: readonly DesiredMachine[],
): DesiredDomain {
  const ceilings = variables.read('domain_ceilings', readCeilings, {});
  return {
    name,
    ...readRows(DOMAIN_KEYS, variables),
    project: variables.require('incus_project', objectName, name),
    network: variables.require('incus_network', domainNetwork, { name, subnet: '', gateway: '' }),
    ...(Object.keys(ceilings).length > 0 && { ceilings }),
    profiles: variables.read('incus_profiles', profiles, []),
    machines,
  };
}

function domainNetwork(value: Value): DesiredNetwork {
  const parts = fields(value);
  const has6 = parts.has('subnet6') || parts.has('gateway6');
  return {
    name: requiredField(value, parts, 'name', bridgeName),
    subnet: requiredField(value, parts, 'subnet', network),
    gateway: requiredField(value, parts, 'gateway', address),
    ...(has6 && {
      ipv6: {
        subnet: requiredField(value, parts, 'subnet6', network6),
        gateway: requiredField(value, parts, 'gateway6', address6),
      },
    }),
  };
}

function profiles(value: Value): readonly DesiredProfile[] {
  return mapOf((profile) => profile)(value).map(([name, profile]) => {
    if (!isObjectName(name))
      throw new Mismatch(profile, {
        en: 'a mapping of profiles whose names are letters, digits, `_`, `.`, `@`, `+` and `-`',
        fr: 'une table de profils aux noms faits de lettres, chiffres, « _ », « . », « @ », « + » et « - »',
      });
    const parts = profile.isNull ? new Map<string, Value>() : fields(profile);
    return {
      name,
      config: field(parts, 'config', config, {}),
      devices: field(parts, 'devices', devices, {}),
    };
  });
}
