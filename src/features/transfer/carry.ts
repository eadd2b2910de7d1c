import { AnklumeError } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { End } from './end.ts';
import type { Entry } from './entry.ts';
import { whyNot } from './scan.ts';

/** Files on their way at once: small ones spend their time waiting for answers. */
const AT_ONCE = 32;

export interface Carrying<S, D> {
  readonly from: End<S>;
  readonly to: End<D>;
  readonly signal: AbortSignal;
  /** Leaves out what may not be carried, instead of stopping. */
  readonly skip: boolean;
  readonly onBytes: (bytes: number) => void;
}

/** Carries what is in one open folder into another. Each entry is judged again: it may be another by now. */
async function carryFolder<S, D>(
  way: Carrying<S, D>,
  source: S,
  target: D,
  depth: number,
): Promise<void> {
  const { from, to, signal, skip } = way;
  const underway = new Set<Promise<void>>();
  let failure: unknown;
  const start = async (work: Promise<void>) => {
    const one = work
      .catch((error: unknown) => {
        failure ??= error;
      })
      .finally(() => underway.delete(one));
    underway.add(one);
    if (underway.size >= AT_ONCE) await Promise.race(underway);
  };
  try {
    for await (const entry of from.list(source)) {
      signal.throwIfAborted();
      if (failure !== undefined) break;
      if (await whyNot(from, source, entry, depth)) {
        if (skip) continue;
        throw changed(entry.name);
      }
      if (entry.kind === 'file') await start(carryFile(way, source, entry, target, entry.name));
      else if (entry.kind === 'link')
        await to.makeLink(target, entry.name, await from.readLink(source, entry.name));
      else {
        const inner = await from.enter(source, entry.name);
        try {
          await carryInto(way, inner, entry, target, entry.name, depth + 1);
        } finally {
          await from.leave(inner);
        }
      }
    }
  } finally {
    await Promise.allSettled(underway);
  }
  if (failure !== undefined) throw failure;
}

/** Makes a folder, or goes into the one that is there, and carries what the source holds. */
export async function carryInto<S, D>(
  way: Carrying<S, D>,
  source: S,
  like: Entry,
  parent: D,
  name: string,
  depth: number,
): Promise<void> {
  const { to } = way;
  const fresh = await to.makeFolder(parent, name);
  const target = await to.enter(parent, name);
  try {
    await carryFolder(way, source, target, depth);
    if (fresh) await to.finishFolder(target, like);
  } finally {
    await to.leave(target);
  }
}

/** Carries one file. */
export function carryFile<S, D>(
  { from, to, onBytes, signal }: Carrying<S, D>,
  source: S,
  entry: Entry,
  target: D,
  name: string,
): Promise<void> {
  const counted = async function* () {
    for await (const chunk of from.read(source, entry)) {
      signal.throwIfAborted();
      onBytes(chunk.length);
      yield chunk;
    }
  };
  return to.writeFile(target, name, counted(), entry);
}

function changed(name: string): AnklumeError {
  const file = printable(Buffer.from(name, 'latin1').toString());
  return new AnklumeError({
    code: 'file-unfit',
    message: {
      en: `${file} became something that is not carried while it was copied.`,
      fr: `${file} est devenu, pendant la copie, quelque chose qui ne se transporte pas.`,
    },
  });
}
