import pLimit from 'p-limit';
import type { AnklumeError, Text } from '../../base/messages/index.ts';
import type { Incus } from '../../incus/index.ts';
import { type Repairs, removeSnapshot } from '../../repair/index.ts';
import { type Aside, asideOf, removeAside } from './aside.ts';
import type { GenerationRecord } from './record.ts';
import { isDue } from './retention.ts';
import type { History } from './store.ts';

/** Objects worked on at a time: more only wait for the same disk. */
const AT_ONCE = 8;

/** How many applies can be undone with their data, unless told otherwise. */
export const KEPT = 3;

/** What a cleaning did. Plain JSON. */
export interface Cleaning {
  /** Generations whose safety snapshots are gone. */
  readonly generations: readonly number[];
  readonly snapshots: number;
  /** Machines and volumes removed for good. */
  readonly removed: number;
  /** Their names. */
  readonly purged: readonly string[];
}

/**
 * After a good run. Of applies, which change machines without taking anything from them, the newest keep their
 * snapshots. What restores and rollbacks wrote over, and what was removed, is kept for a time that people think in.
 */
export function tidyUp(
  incus: Incus,
  projectName: string,
  history: History,
  trashSeconds: number,
  repairs: Repairs,
): Promise<Cleaning> {
  return clean(incus, projectName, history, repairs, (records, aside) => {
    const holding = records.filter(({ snapshots, cleaned }) => !cleaned && snapshots.length > 0);
    const applies = holding.filter(({ kind }) => kind === 'apply');
    const others = holding.filter(({ kind }) => kind !== 'apply');
    return {
      old: [
        ...applies.slice(0, Math.max(0, applies.length - KEPT)),
        ...others.filter(({ stamp }) => isDue(stamp, trashSeconds)),
      ],
      gone: aside.filter(({ origin }) => isDue(origin.stamp, trashSeconds)),
    };
  });
}

/** Because somebody says so: all but the newest `keep` runs, whatever they are and however young. */
export function cleanUp(
  incus: Incus,
  projectName: string,
  history: History,
  keep: number,
  repairs: Repairs = {},
  confirm?: (machines: readonly string[]) => Promise<void>,
): Promise<Cleaning> {
  return clean(incus, projectName, history, repairs, async (records, aside) => {
    const lying = new Set(aside.map(({ origin }) => origin.stamp));
    const holding = records.filter(
      ({ snapshots, cleaned, stamp }) => (!cleaned && snapshots.length > 0) || lying.has(stamp),
    );
    const old = holding.slice(0, Math.max(0, holding.length - keep));
    const kept = new Set(holding.filter((one) => !old.includes(one)).map(({ stamp }) => stamp));
    // Also what no record tells of any more.
    const gone = aside.filter(({ origin }) => !kept.has(origin.stamp));
    if (gone.length > 0) await confirm?.(gone.map(({ origin }) => origin.name));
    return { old: old.filter(({ cleaned }) => !cleaned), gone };
  });
}

interface Choice {
  /** Runs whose snapshots go. */
  readonly old: readonly GenerationRecord[];
  /** What goes of the trash. */
  readonly gone: readonly Aside[];
}

/** Nothing that others made is touched. */
async function clean(
  incus: Incus,
  projectName: string,
  history: History,
  repairs: Repairs,
  choose: (
    records: readonly GenerationRecord[],
    aside: readonly Aside[],
  ) => Choice | Promise<Choice>,
): Promise<Cleaning> {
  const [records, aside] = await Promise.all([history.list(), asideNow(incus, projectName)]);
  const { old, gone } = await choose(records, aside);
  const limit = pLimit(AT_ONCE);
  let snapshots = 0;
  for (const record of old) {
    const removed = await Promise.all(
      record.snapshots.map(({ instance, snapshot, project }) =>
        limit(() => removeSnapshot(incus, { name: instance, project }, snapshot, repairs)),
      ),
    );
    snapshots += removed.filter(Boolean).length;
    await history.write({ ...record, cleaned: true });
  }
  // Machines before volumes: a machine that was not detached would keep its volume.
  for (const kind of ['instance', 'volume'] as const)
    await Promise.all(
      gone
        .filter((one) => one.kind === kind)
        .map((one) => limit(() => removeAside(incus, one, repairs))),
    );
  return {
    generations: old.map(({ number }) => number),
    snapshots,
    removed: gone.length,
    purged: gone.map(({ origin }) => origin.name),
  };
}

/** What is put aside at the moment. */
export async function asideNow(incus: Incus, projectName: string): Promise<Aside[]> {
  const [instances, pools] = await Promise.all([incus.instances.list(), incus.pools.list()]);
  const volumes = await Promise.all(pools.map(({ name }) => incus.volumes.list(name)));
  return asideOf(projectName, instances, volumes.flat());
}

/** What went for good by itself is told: nobody asked for it at that moment. */
export function purgedNote({ purged }: Cleaning, trashSeconds: number) {
  const days = Math.round((trashSeconds / 86_400) * 10) / 10;
  const names = purged.join(', ');
  return {
    level: 'info' as const,
    code: 'trash-purged',
    text: {
      en: `Deleted for good after ${days} d in the trash: ${names}`,
      fr: `Supprimé définitivement après ${days} j dans la corbeille : ${names}`,
    },
  };
}

/** A cleaning after a good run must not turn it into a failure: what cannot go now goes the next time. */
export function cleaningFailed(error: AnklumeError): {
  readonly text: Text;
  readonly remedy?: Text;
} {
  return {
    text: {
      en: `Old safety snapshots could not be removed: ${error.text.en}`,
      fr: `D'anciens instantanés de sûreté n'ont pas pu être supprimés : ${error.text.fr}`,
    },
    remedy: {
      en: "'anklume history delete' tries again.",
      fr: '« anklume history delete » réessaie.',
    },
  };
}
