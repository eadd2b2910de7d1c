import pLimit from 'p-limit';
import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import type { Incus } from '../../incus/index.ts';
import { type Copied, type CopyOptions, copyFiles } from './copy.ts';
import { type Place, shown } from './place.ts';

/** One of the copies that a command asks for. */
export interface Pair {
  readonly from: Place;
  readonly to: Place;
  /** A folder of this name is made in the target for what comes from here: where several machines hand in. */
  readonly into?: string;
}

/** How one copy of several ended. Plain JSON. */
export type CopyOutcome =
  | Copied
  | { readonly from: string; readonly to: string; readonly error: Text };

/**
 * The copies between places: from one to each of many, or from many into one, a folder for each machine. Throws
 * `many-to-many` (exit 2).
 */
export function pairsOf(sources: readonly Place[], targets: readonly Place[]): Pair[] {
  const [source, ...moreSources] = sources;
  const [target, ...moreTargets] = targets;
  if (!source || !target) return [];
  if (moreSources.length === 0) {
    if (moreTargets.length === 0) return [{ from: source, to: target }];
    return targets.filter((to) => !isSameEnd(to, source)).map((to) => ({ from: source, to }));
  }
  if (moreTargets.length > 0) throw manyToMany();
  return sources
    .filter((from) => !isSameEnd(from, target))
    .map((from) => ({
      from,
      to: target,
      ...(from.kind === 'machine' && { into: from.machine }),
    }));
}

/** A machine that is one of many hands nothing to itself. */
function isSameEnd(a: Place, b: Place): boolean {
  return (
    a.kind === 'machine' &&
    b.kind === 'machine' &&
    a.project === b.project &&
    a.instance === b.instance
  );
}

/** Carries the copies out, some at a time. What fails stops none of the others. */
export async function copyMany(
  incus: Incus,
  pairs: readonly Pair[],
  options: CopyOptions,
): Promise<CopyOutcome[]> {
  const atOnce = pLimit(4);
  return Promise.all(
    pairs.map(({ from, to, into }) =>
      atOnce(async () => {
        try {
          return await copyFiles(incus, from, to, {
            ...options,
            ...(into !== undefined && { into }),
          });
        } catch (error) {
          if (!(error instanceof AnklumeError)) throw error;
          return { from: shown(from), to: shown(to), error: error.text };
        }
      }),
    ),
  );
}

function manyToMany(): AnklumeError {
  return new AnklumeError({
    code: 'many-to-many',
    exit: ExitCode.usage,
    message: {
      en: 'Files go from one place to many, or from many to one.',
      fr: "Les fichiers vont d'un endroit vers plusieurs, ou de plusieurs vers un seul.",
    },
    remedy: {
      en: 'Name one place on one of the two sides.',
      fr: "Nommez un seul endroit d'un des deux côtés.",
    },
  });
}
