import { type Declared, declaredKeys, MARK_PREFIX } from './marks.ts';
import { mergedDevices } from './perform/merge.ts';
import type { Change, Wanted } from './plan.ts';
import type { CompleteWanted, Live } from './spec.ts';
import { sameConfig, sameOnDevice } from './values.ts';

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

export interface Difference {
  readonly changes: readonly Change[];
  /** Only what differs, with null for what goes away. */
  readonly body: Wanted;
}

/**
 * What has to change for `live` to hold all of `wanted`. Keys that neither we nor an earlier run declared are
 * left alone; keys that an earlier run declared and that are no longer wanted go away.
 */
export function compare(wanted: CompleteWanted, live: Live): Difference | undefined {
  const declared = declaredKeys(live.config);
  const config = differingValues(wanted.config, live.config, declared.config);
  const devices = wanted.devices
    ? differingDevices(wanted.devices, live.devices ?? {}, declared.devices)
    : {};
  const description =
    wanted.description !== undefined && wanted.description !== (live.description ?? '')
      ? wanted.description
      : undefined;
  const profiles =
    wanted.profiles && wanted.profiles.join('\n') !== (live.profiles ?? []).join('\n')
      ? wanted.profiles
      : undefined;
  const body: Wanted = {
    config,
    ...(Object.keys(devices).length > 0 && { devices }),
    ...(description !== undefined && { description }),
    ...(profiles && { profiles }),
  };
  const changes = changesOf(body, live);
  return changes.length === 0 ? undefined : { changes, body };
}

function differingValues(
  wanted: Config,
  live: Config,
  declared: readonly string[],
): Record<string, string | null> {
  const result: Record<string, string | null> = {};
  for (const [key, value] of Object.entries(wanted))
    if (!sameConfig(key, value, live[key])) result[key] = value;
  for (const key of declared) if (!(key in wanted) && live[key] !== undefined) result[key] = null;
  return result;
}

function differingDevices(
  wanted: Devices,
  live: Devices,
  declared: Declared['devices'],
): Record<string, Config | null> {
  const result: Record<string, Config | null> = {};
  for (const [name, device] of Object.entries(wanted)) {
    const next = nextDevice(device, live[name], declared[name] ?? []);
    if (!live[name] || !sameDevice(next, live[name])) result[name] = next;
  }
  for (const name of Object.keys(declared))
    if (!(name in wanted) && live[name]) result[name] = null;
  return result;
}

/** The devices that an object has once it holds all of `wanted`. */
export function devicesAfter(wanted: CompleteWanted, live: Live): Devices {
  const { devices: declared } = declaredKeys(live.config);
  const changed = differingDevices(wanted.devices ?? {}, live.devices ?? {}, declared);
  return mergedDevices(live.devices ?? {}, changed);
}

/** Incus replaces a device as a whole, so keys set by hand are repeated; those of another type of device are not. */
function nextDevice(wanted: Config, live: Config | undefined, declared: readonly string[]): Config {
  if (!live || live.type !== wanted.type) return wanted;
  const kept = Object.entries(live).filter(
    ([key, value]) => !(key in wanted) && !declared.includes(key) && value !== '',
  );
  return { ...Object.fromEntries(kept), ...wanted };
}

function sameDevice(one: Config, other: Config | undefined): boolean {
  if (!other) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => sameOnDevice(key, one[key], other[key]));
}

/** The differences as lines for people; our own marks are named only when nothing else differs. */
function changesOf(body: Wanted, live: Live): Change[] {
  const lines: Change[] = [];
  const marks: Change[] = [];
  for (const [key, to] of Object.entries(body.config))
    (key.startsWith(MARK_PREFIX) ? marks : lines).push(
      change(`config.${key}`, live.config[key], to),
    );
  for (const [name, device] of Object.entries(body.devices ?? {}))
    lines.push(...deviceChanges(name, live.devices?.[name], device));
  if (body.description !== undefined)
    lines.push(change('description', live.description, body.description));
  if (body.profiles)
    lines.push(change('profiles', live.profiles?.join(', '), body.profiles.join(', ')));
  return lines.length > 0 ? lines : marks;
}

function deviceChanges(name: string, from: Config | undefined, to: Config | null): Change[] {
  const keys = [...new Set([...Object.keys(from ?? {}), ...Object.keys(to ?? {})])].sort();
  return keys
    .filter((key) => !sameOnDevice(key, from?.[key], to?.[key]))
    .map((key) => change(`devices.${name}.${key}`, from?.[key], to?.[key] ?? null));
}

function change(key: string, from: string | undefined, to: string | null): Change {
  return {
    key,
    ...(from !== undefined && from !== '' && { from }),
    ...(to !== null && { to }),
  };
}

/** Everything a new object gets, as lines for people. */
export function changesOfCreation(wanted: CompleteWanted): Change[] {
  return changesOf(wanted, { config: {} });
}

/** Whether an object already holds what a plan entry wanted, used after an outcome nobody heard. */
export function holds(body: Wanted, live: Live): boolean {
  const config = Object.entries(body.config).every(([key, value]) =>
    sameConfig(key, value ?? undefined, live.config[key]),
  );
  const devices = Object.entries(body.devices ?? {}).every(([name, device]) =>
    device === null ? !live.devices?.[name] : sameDevice(device, live.devices?.[name]),
  );
  const description =
    body.description === undefined || body.description === (live.description ?? '');
  const profiles = !body.profiles || body.profiles.join('\n') === (live.profiles ?? []).join('\n');
  return config && devices && description && profiles;
}
