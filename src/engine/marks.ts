import { isLocked, MARK, MARK_PREFIX } from '../world/tree/index.ts';

export { isLocked, MARK, MARK_PREFIX };

/** Whether a machine is one that anyone may have for a while and nothing declares. */
export function isDisposable(instance: {
  readonly ephemeral: boolean;
  readonly config: Config;
}): boolean {
  return instance.ephemeral && instance.config[MARK.disposable] !== undefined;
}

/** The Incus project of what was put aside instead of removed. Nothing in it is ever wanted or an orphan. */
export const ASIDE_PROJECT = 'anklume-trash';

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

/** What was declared on an object: keys of its config, and keys of each of its devices. */
export interface Declared {
  readonly config: readonly string[];
  readonly devices: Readonly<Record<string, readonly string[]>>;
  /** Those of the config that nobody wrote: they follow from defaults. Absent where there are none. */
  readonly defaults?: readonly string[];
}

/** The record of declared keys for an object, in a stable order. */
export function recordKeys(
  config: Config,
  devices: Devices = {},
  defaults: readonly string[] = [],
): string {
  const record = {
    config: Object.keys(config)
      .filter((key) => !isReserved(key))
      .sort(),
    devices: Object.fromEntries(
      Object.keys(devices)
        .sort()
        .map((name) => [name, Object.keys(devices[name] ?? {}).sort()]),
    ),
    ...(defaults.length > 0 && { defaults: [...defaults].sort() }),
  };
  return JSON.stringify(record);
}

/** What an earlier run declared on an object; nothing when the record is absent or was damaged by hand. */
export function declaredKeys(config: Config): Declared {
  let untrustedRecord: unknown;
  try {
    untrustedRecord = JSON.parse(config[MARK.keys] ?? '{}');
  } catch {
    return { config: [], devices: {} };
  }
  const untrusted = isRecord(untrustedRecord) ? untrustedRecord : {};
  const untrustedDevices = isRecord(untrusted.devices) ? untrusted.devices : {};
  const defaults = strings(untrusted.defaults).filter((key) => !isReserved(key));
  return {
    config: [...strings(untrusted.config).filter((key) => !isReserved(key)), ...defaults],
    devices: Object.fromEntries(
      Object.entries(untrustedDevices).map(([name, keys]) => [name, strings(keys)]),
    ),
    ...(defaults.length > 0 && { defaults }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Keys that belong to the daemon or to this room and are never taken for a declaration. */
function isReserved(key: string): boolean {
  return key.startsWith('volatile.') || key.startsWith('image.') || key.startsWith(MARK_PREFIX);
}
