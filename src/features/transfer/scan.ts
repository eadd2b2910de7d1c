import { AnklumeError, type Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { End } from './end.ts';
import { type Entry, refusalOf } from './entry.ts';

/** What there is to carry. */
export interface Load {
  readonly files: number;
  readonly bytes: number;
}

/** Refusals that are told one by one. */
const TOLD = 10;

/**
 * Walks through all of a folder, so that nothing is written when something in it may not be. Only numbers are kept,
 * however many files there are. Throws `file-unfit`.
 */
export async function scan<F>(
  end: End<F>,
  folder: F,
  signal: AbortSignal,
  skip: boolean,
): Promise<Load> {
  const unfit: { readonly path: string; readonly why: Text }[] = [];
  let refused = 0;
  let files = 0;
  let bytes = 0;
  const walk = async (here: F, path: string, depth: number): Promise<void> => {
    for await (const entry of end.list(here)) {
      signal.throwIfAborted();
      const at = `${path}${entry.name}`;
      const why = await whyNot(end, here, entry, depth);
      if (why) {
        refused += 1;
        if (unfit.length < TOLD) unfit.push({ path: at, why });
        continue;
      }
      files += 1;
      bytes += entry.kind === 'file' ? entry.size : 0;
      if (entry.kind !== 'folder') continue;
      const inner = await end.enter(here, entry.name);
      try {
        await walk(inner, `${at}/`, depth + 1);
      } finally {
        await end.leave(inner);
      }
    }
  };
  await walk(folder, '', 0);
  if (refused > 0 && !skip) throw unfitError(unfit, refused);
  return { files, bytes };
}

/** Why an entry is not carried; undefined for one that is. */
export async function whyNot<F>(
  end: End<F>,
  folder: F,
  entry: Entry,
  depth: number,
): Promise<Text | undefined> {
  const target = entry.kind === 'link' ? await end.readLink(folder, entry.name) : undefined;
  return refusalOf(entry, depth, target);
}

function unfitError(
  unfit: readonly { readonly path: string; readonly why: Text }[],
  refused: number,
): AnklumeError {
  const lines = (language: 'en' | 'fr') =>
    unfit
      .map(
        ({ path, why }) => `${printable(Buffer.from(path, 'latin1').toString())}: ${why[language]}`,
      )
      .join('; ');
  const more = refused > unfit.length ? ` (+${refused - unfit.length})` : '';
  return new AnklumeError({
    code: 'file-unfit',
    message: {
      en: `Not everything can be carried, so nothing was: ${lines('en')}${more}.`,
      fr: `Tout ne peut pas être transporté, donc rien ne l'a été : ${lines('fr')}${more}.`,
    },
    remedy: {
      en: 'Copy what lies beside it, or leave such things out with --skip-unfit.',
      fr: 'Copiez ce qui se trouve à côté, ou laissez ces éléments de côté avec --skip-unfit.',
    },
  });
}
