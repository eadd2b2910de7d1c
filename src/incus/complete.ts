import type { Instance } from './api/wire.ts';

/** False where the daemon could not look (a cluster member is down): the entry is unknown, not empty. */
export function couldBeRead(instance: Instance): boolean {
  return instance.status_code !== 112;
}

/** The daemon writes null for the maps of an instance it cannot read. */
export function complete<T extends Instance>(instance: T): T {
  return {
    ...instance,
    config: instance.config ?? {},
    devices: instance.devices ?? {},
    expanded_config: instance.expanded_config ?? {},
    expanded_devices: instance.expanded_devices ?? {},
    profiles: instance.profiles ?? [],
  };
}
