import { declaredKeys } from '../../engine/index.ts';

export type Config = Readonly<Record<string, string>>;
export type Devices = Readonly<Record<string, Config>>;

/** What infra.yml once declared on an object, with the values that it has now. */
export function declaredPart(live: { readonly config: Config; readonly devices?: Devices }): {
  readonly config: Config;
  readonly devices: Devices;
  /** Keys that followed from defaults, with the values that they have now. */
  readonly defaults: Config;
} {
  const keys = declaredKeys(live.config);
  const defaults = keys.defaults ?? [];
  const devices = Object.entries(live.devices ?? {}).flatMap(([name, device]) => {
    const declared = Object.hasOwn(keys.devices, name) ? keys.devices[name] : undefined;
    return declared ? [[name, pick(device, declared)] as const] : [];
  });
  const written = keys.config.filter((key) => !defaults.includes(key));
  return {
    config: pick(live.config, written),
    devices: Object.fromEntries(devices),
    defaults: pick(live.config, defaults),
  };
}

/** Keys of an object that somebody set by hand; the daemon's own and our marks are none. */
export function handMade(live: { readonly config: Config; readonly devices?: Devices }): string[] {
  const declared = declaredPart(live);
  const keys = Object.keys(live.config).filter(
    (key) => !Object.hasOwn({ ...declared.config, ...declared.defaults }, key) && !isInternal(key),
  );
  const devices = Object.keys(live.devices ?? {}).filter(
    (name) => !Object.hasOwn(declared.devices, name),
  );
  return [...keys, ...devices.map((name) => `devices.${name}`)].sort();
}

/** Of the daemon, or of anklume: never written into a file. */
export function isInternal(key: string): boolean {
  return /^(volatile|image|user\.anklume)\./.test(key);
}

function pick(all: Config, keys: readonly string[]): Config {
  const there = Object.entries(all).filter(([key]) => keys.includes(key));
  return Object.fromEntries(there.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same without what is empty: keys that need not be written. */
export function filled<T extends object>(body: T): Partial<T> {
  const full = Object.entries(body).filter(
    ([, value]) =>
      value !== undefined &&
      value !== '' &&
      !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
  );
  return Object.fromEntries(full) as Partial<T>;
}

/** Whether two devices hold the same keys with the same values. */
export function sameDevice(one: Config, other: Config | undefined): boolean {
  if (!other) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => one[key] === other[key]);
}
