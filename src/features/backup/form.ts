import type { Event } from '../../base/messages/index.ts';
import type { Exportable } from '../../incus/index.ts';
import type { Item } from './choose.ts';
import type { Seen } from './look.ts';

/**
 * Whether archives in the own form of this driver are possible. It keeps times and holes, which the plain one does not,
 * and is faster. Asked for it, Incus takes the plain one for other drivers without a word.
 */
function hasOwnForm(driver: string | undefined): boolean {
  return driver === 'btrfs' || driver === 'zfs';
}

/** Whether an archive in the own form of the one driver can be put into a pool of the other. */
export function sameForm(one: string | undefined, other: string | undefined): boolean {
  return one === other && hasOwnForm(one);
}

/** The pool that holds a volume, or the root of an instance; empty where it is not known. */
export function poolOf(source: Exportable, { instances }: Pick<Seen, 'instances'>): string {
  if (source.kind === 'volume') return source.pool;
  const { project, name } = source;
  const live = instances.find((one) => one.project === project && one.name === name);
  return Object.values(live?.expanded_devices ?? {}).find(({ path }) => path === '/')?.pool ?? '';
}

/** Says which pools have no form of their own, where that form is asked for; undefined when all have one. */
export function plainAllTheSame(items: readonly Item[], seen: Seen): Event | undefined {
  const pools = new Set(items.map(({ source }) => poolOf(source, seen)));
  const plain = [...pools].filter((pool) => !hasOwnForm(seen.drivers.get(pool))).sort();
  if (plain.length === 0) return undefined;
  const told = plain.map((pool) => `${pool} (${seen.drivers.get(pool) ?? '?'})`).join(', ');
  return {
    type: 'note',
    level: 'warning',
    code: 'backup-plain',
    text: {
      en: `What lies on ${told} is backed up in the plain form, as its driver has none of its own: times of files are rounded to seconds, and holes are filled.`,
      fr: `Ce qui se trouve sur ${told} est sauvegardé sous la forme ordinaire, car son pilote n'en a pas d'autre : les dates des fichiers sont arrondies à la seconde et les trous sont remplis.`,
    },
  };
}
