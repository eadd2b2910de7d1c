import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import { onHost } from '../rules/nft.ts';
import { readStatelessRules, rulesOfText, sameRules, tablesOn } from './listing.ts';
import { areExactly, areMarked, markLines, withoutMarks } from './loaded-mark.ts';
import { FAMILIES, TABLE, tablesOf } from './tables.ts';
import { updateText } from './update.ts';

export interface Deployment {
  /** False: the host's tables were already exactly these, and nothing was loaded. */
  readonly changed: boolean;
}

/**
 * Loads a text in one transaction, and only if the host does not have exactly it already, changes by hand included.
 * Tables that the text does not name are left alone. Throws `rules-refused`, with the old rules still in force, when the kernel does not take it.
 */
export async function deployRules(text: string, host: Host): Promise<Deployment> {
  await checkRules(text, host);
  const current = await readStatelessRules(host, tablesOf(text));
  const wanted = await rulesOfText(text, host);
  if (current && sameRules(current, wanted)) return { changed: false };
  const marks = markLines(text, wanted);
  if (!current) {
    await nftInput(host, ['-f', '-'], `${text}${marks}`);
    return { changed: true };
  }
  const update = updateText(text, current, wanted);
  try {
    await nftInput(host, ['-f', '-'], `${update}${marks}`);
  } catch {
    // Tables of another shape, such as those of another version: replaced whole.
    await nftInput(host, ['-f', '-'], `${text}${marks}`);
  }
  return { changed: true };
}

/** Lets nft check a ruleset without loading it. Throws `rules-refused`. */
export async function checkRules(text: string, host: Host): Promise<void> {
  await nftInput(host, ['-c', '-f', '-'], text);
}

/** Whether the host's tables are exactly what this text would load; marks them so where another version loaded them. */
export async function markIfLoaded(text: string, host: Host): Promise<boolean> {
  const current = await readStatelessRules(host, tablesOf(text));
  if (!current) return false;
  if (areMarked(current, text)) return true;
  const wanted = await rulesOfText(text, host);
  if (!sameRules(current, wanted)) return false;
  await nftInput(host, ['-f', '-'], `${withoutMarks(current)}${markLines(text, wanted)}`);
  return true;
}

/** Whether the host's tables are exactly what this text would load. */
export async function areLoaded(text: string, host: Host): Promise<boolean> {
  const current = await readStatelessRules(host, tablesOf(text));
  return current !== undefined && (await areExactly(current, text, host));
}

/** Takes tables of these names away. True when there was one. */
export async function removeRules(
  host: Host,
  names: readonly string[] = [TABLE],
): Promise<boolean> {
  const tables = await tablesOn(host);
  const present = names.flatMap((name) => FAMILIES.map((family) => `${family} ${name}`));
  // Adding first makes deleting safe against a removal by somebody else in between.
  const lines = present
    .filter((table) => tables.has(table))
    .flatMap((table) => [`table ${table}`, `delete table ${table}`]);
  if (lines.length === 0) return false;
  await nftInput(host, ['-f', '-'], `${lines.join('\n')}\n`);
  return true;
}

async function nftInput(host: Host, options: readonly string[], text: string): Promise<void> {
  try {
    await onHost(host, ['nft', ...options], { input: text });
  } catch (error) {
    if (error instanceof AnklumeError && error.code === 'program-failed') throw refused(error);
    throw error;
  }
}

function refused(cause: AnklumeError): AnklumeError {
  return new AnklumeError({
    code: 'rules-refused',
    exit: ExitCode.environment,
    message: {
      en: `The isolation rules were refused; the previous rules are still in force. ${cause.text.en}`,
      fr: `Les règles d'isolation ont été refusées, et les précédentes restent en vigueur. ${cause.text.fr}`,
    },
    remedy: {
      en: `Loading rules needs root and a kernel with nftables; 'anklume doctor' checks both.`,
      fr: `Charger des règles demande les droits root et un noyau avec nftables ; « anklume doctor » vérifie les deux.`,
    },
    cause,
  });
}
