import type { Wanted } from '../plan.ts';

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

/** A config with the wanted values in it; null takes a key away. Everything else stays as it was read. */
export function mergedConfig(live: Config, wanted: Wanted['config']): Record<string, string> {
  return merged(live, wanted);
}

/** The same for devices; a wanted device replaces the whole device of its name, as Incus does. */
export function mergedDevices(live: Devices, wanted: Wanted['devices']): Record<string, Config> {
  return merged(live, wanted ?? {});
}

function merged<T>(
  live: Readonly<Record<string, T>>,
  wanted: Readonly<Record<string, T | null>>,
): Record<string, T> {
  const result = new Map(Object.entries(live));
  for (const [key, value] of Object.entries(wanted))
    if (value === null) result.delete(key);
    else result.set(key, value);
  return Object.fromEntries(result);
}

/** Every value of a body that is complete, as a creation's is. */
export function complete<T>(values: Readonly<Record<string, T | null>> = {}): Record<string, T> {
  return merged({}, values);
}
