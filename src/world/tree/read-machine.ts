import { MACHINE_KEYS, type StorageVolume } from '../infra/index.ts';
import type { DesiredMachine } from './desired.ts';
import {
  config,
  devices,
  field,
  fields,
  flag,
  listOf,
  oneOf,
  requiredField,
  text,
} from './parse.ts';
import { readCeilings } from './read-ceilings.ts';
import { readRows } from './read-rows.ts';
import { absolutePath, address, address6, instanceName, objectName } from './shapes.ts';
import type { Value } from './value.ts';
import type { Variables } from './variables.ts';

/** A machine as its variables state it; only to be used when no error was told. */
export function readMachine(
  name: string,
  domain: string,
  defaultImage: string,
  variables: Variables,
): DesiredMachine {
  const ip6 = variables.read('instance_ip6', address6, undefined);
  const ceilings = variables.read('instance_ceilings', readCeilings, {});
  const allow = variables.read('instance_allow', listOf(text), []);
  return {
    name,
    instance: variables.require('instance_name', instanceName, name),
    domain,
    ...readRows(MACHINE_KEYS, variables),
    type: variables.require('instance_type', oneOf(['lxc', 'vm']), 'lxc'),
    ip: variables.require('instance_ip', address, ''),
    ...(ip6 !== undefined && { ip6 }),
    ephemeral: variables.read('instance_ephemeral', flag, false),
    image: variables.read('instance_os_image', text, defaultImage),
    profiles: variables.read('instance_profiles', listOf(objectName), ['default']),
    config: variables.read('instance_config', config, {}),
    devices: variables.read('instance_devices', devices, {}),
    volumes: variables.read('instance_storage_volumes', listOf(volume), []),
    ...(allow.length > 0 && { allow }),
    ...(Object.keys(ceilings).length > 0 && { ceilings }),
  };
}

function volume(value: Value): StorageVolume {
  const parts = fields(value);
  const pool = field(parts, 'pool', objectName, undefined);
  const path = field(parts, 'path', absolutePath, undefined);
  const size = field(parts, 'size', text, undefined);
  return {
    name: requiredField(value, parts, 'name', objectName),
    ...(pool !== undefined && { pool }),
    ...(path !== undefined && { path }),
    ...(size !== undefined && { size }),
    config: field(parts, 'config', config, {}),
  };
}
