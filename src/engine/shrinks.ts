import { parseSize } from '../world/infra/index.ts';
import { devicesAfter } from './compare.ts';
import { type Refusal, refuse } from './decide.ts';
import { findInstance, findProfile, type Observed } from './observed.ts';
import type { PlanEntry } from './plan.ts';
import { profileId } from './resources/profile.ts';
import type { Spec } from './spec.ts';
import type { Specs } from './specs.ts';

type Devices = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where data lies: in a custom volume, or on the root disk of a machine. */
export type DataPlace =
  | {
      readonly kind: 'volume';
      readonly pool: string;
      readonly project: string;
      readonly name: string;
    }
  | {
      readonly kind: 'root';
      /** Name of the machine's device. */
      readonly device: string;
      readonly project: string;
      readonly name: string;
    };

/** A volume or a root disk that is to become smaller than it is. */
export interface Shrink {
  /** Id of the volume or the machine that holds the data. */
  readonly holder: string;
  readonly place: DataPlace;
  /** Id of the object whose change would do it: the volume, the machine, or a profile. */
  readonly by: string;
  /** The size to come, as written. */
  readonly size: string;
}

/** All disks whose size goes down, or gets its first limit. Whether their content fits is still to be looked at. */
export function shrinksOf(specs: Specs, observed: Observed): Shrink[] {
  return [...specs.all.values()].flatMap((spec) => {
    if (spec.kind === 'volume') return volumeShrink(spec, observed);
    return spec.kind === 'instance' ? rootShrink(spec, specs, observed) : [];
  });
}

/**
 * Refuses what would not fit any more. Incus sets a limit below what a disk holds, and the machine can write no more;
 * on btrfs it cannot even raise the limit again.
 */
export function refuseShrinks(
  entries: Map<string, PlanEntry>,
  specs: Specs,
  observed: Observed,
): void {
  if (!observed.usage) return;
  for (const { holder, place, by, size } of shrinksOf(specs, observed)) {
    const held = observed.usage[holder];
    const spec = specs.all.get(by);
    if (held === undefined || !spec || entries.get(by)?.action !== 'update') continue;
    if (!fitsIn(held, parseSize(size) ?? 0))
      entries.set(by, refuse(spec, tooSmall(place.name, held, size)));
  }
}

/** Bytes that have to stay free: file systems need some of them to write anything at all. */
const FREE = 4 * 2 ** 20;

export function fitsIn(held: number, size: number): boolean {
  return held + FREE <= size;
}

function volumeShrink(spec: Spec, observed: Observed): Shrink[] {
  const { pool = '', project = '', name } = spec;
  const live = observed.volumes.find(
    (one) => one.pool === pool && one.project === project && one.name === name,
  );
  const size = spec.wanted.config.size;
  if (!live || !isSmaller(size, live.config.size)) return [];
  const place = { kind: 'volume', pool, project, name } as const;
  return [{ holder: spec.id, place, by: spec.id, size }];
}

function rootShrink(spec: Spec, specs: Specs, observed: Observed): Shrink[] {
  const { project = '', name } = spec;
  const live = findInstance(observed, project, name);
  if (!live) return [];
  const before = rootOf(live.expanded_devices);
  const own = rootOf(devicesAfter(spec.wanted, live));
  const profile = own ? undefined : profileWithRoot(spec, specs, observed);
  const after = own ?? profile?.root;
  const size = after?.device.size;
  if (!after || !before || !isSmaller(size, before.device.size)) return [];
  const place = { kind: 'root', device: before.name, project, name } as const;
  return [{ holder: spec.id, place, by: profile?.id ?? spec.id, size }];
}

function profileWithRoot({ project = '', wanted }: Spec, specs: Specs, observed: Observed) {
  for (const name of (wanted.profiles ?? []).toReversed()) {
    const id = profileId(project, name);
    const spec = specs.all.get(id);
    const live = findProfile(observed, project, name);
    const root = rootOf(spec && live ? devicesAfter(spec.wanted, live) : (live?.devices ?? {}));
    if (root) return { id, root };
  }
  return undefined;
}

function rootOf(devices: Devices) {
  const found = Object.entries(devices).find(
    ([, device]) => device.type === 'disk' && device.path === '/',
  );
  return found && { name: found[0], device: found[1] };
}

/** No size is no limit. */
function isSmaller(after: string | undefined, before: string | undefined): after is string {
  const size = parseSize(after ?? '');
  return size !== undefined && size < (parseSize(before ?? '') ?? Number.POSITIVE_INFINITY);
}

export function tooSmall(name: string, held: number, size: string): Refusal {
  const mib = Math.ceil(held / 2 ** 20);
  return {
    code: 'too-small',
    reason: {
      en: `'${name}' holds ${mib} MiB, which does not fit into ${size}: it could write no more.`,
      fr: `« ${name} » contient ${mib} Mio, qui ne tiennent pas dans ${size} : plus rien ne pourrait y être écrit.`,
    },
    remedy: {
      en: `Write a size of at least ${mib + FREE / 2 ** 20}MiB, or delete something in it first.`,
      fr: `Écrivez une taille d'au moins ${mib + FREE / 2 ** 20}MiB, ou supprimez-y d'abord quelque chose.`,
    },
  };
}
