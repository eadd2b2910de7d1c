import { isOn } from '../infra/index.ts';
import { MARK, MARK_PREFIX } from '../tree/index.ts';

export { MARK, MARK_PREFIX };

/** Whether a machine is one that anyone may have for a while and nothing declares. */
export function isDisposable(instance: {
  readonly ephemeral: boolean;
  readonly config: Config;
}): boolean {
  return instance.ephemeral && instance.config[MARK.disposable] !== undefined;
}

/** Whether Incus refuses to delete a machine, in any of its words for it, by itself or through a profile. */
export function isLocked({
  expanded_config: config,
}: {
  readonly expanded_config: Config;
}): boolean {
  return isOn(config['security.protection.delete']);
}

/** The Incus project of what was put aside instead of removed. Nothing in it is ever wanted or an orphan. */
export const ASIDE_PROJECT = 'anklume-trash';

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

/** What was declared on an object: keys of its config, and keys of each of its devices. */
export interface Declared {
  readonly config: readonly string[];
  readonly devices: Readonly<Record<string, readonly string[]>>;
}

/** The record of declared keys for an object, in a stable order. */
export function recordKeys(config: Config, devices: Devices = {}): string {
  const record: Declared = {
    config: Object.keys(config)
      .filter((key) => !isReserved(key))
      .sort(),
    devices: Object.fromEntries(
      Object.keys(devices)
        .sort()
        .map((name) => [name, Object.keys(devices[name] ?? {}).sort()]),
    ),
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
  return {
    config: strings(untrusted.config).filter((key) => !isReserved(key)),
    devices: Object.fromEntries(
      Object.entries(untrustedDevices).map(([name, keys]) => [name, strings(keys)]),
    ),
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
