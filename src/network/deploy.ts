import { AnklumeError, ExitCode } from '../messages/index.ts';
import type { Host } from '../system/index.ts';
import { onHost } from './nft.ts';

export interface Deployment {
  /** False: the host's rules were already exactly these, and nothing was loaded. */
  readonly changed: boolean;
}

/** One object of `nft -j list`: a table, chain, rule, set or map. */
export type NftObject = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const TABLE = ['table', 'inet', 'anklume'] as const;

/**
 * Loads a ruleset in one transaction, and only if the host does not have exactly it already,
 * changes by hand included. Throws `rules-refused`, with the old rules still in force, when the kernel does not take it.
 */
export async function deployRules(text: string, host: Host): Promise<Deployment> {
  await nftInput(host, ['-c', '-f', '-'], text);
  if (await areLoaded(text, host)) return { changed: false };
  await nftInput(host, ['-f', '-'], text);
  return { changed: true };
}

/** Whether the host's table is exactly what this text would load. */
export async function areLoaded(text: string, host: Host): Promise<boolean> {
  const current = await listing(host);
  return current !== undefined && current === (await listingOf(text, host));
}

/** The objects of table `inet anklume` on the host; undefined when there is no such table. */
export async function readRules(host: Host): Promise<readonly NftObject[] | undefined> {
  const found = await listing(host, []);
  return found === undefined
    ? undefined
    : (JSON.parse(found) as { nftables: NftObject[] }).nftables;
}

/** Takes the table away. True when there was one. */
export async function removeRules(host: Host): Promise<boolean> {
  if (!(await hasTable(host))) return false;
  // Adding first makes deleting safe against a removal by somebody else in between.
  await nftInput(host, ['-f', '-'], 'table inet anklume\ndelete table inet anklume\n');
  return true;
}

async function hasTable(host: Host): Promise<boolean> {
  const { stdout } = await onHost(host, ['nft', 'list', 'tables', 'inet']);
  return stdout.split('\n').includes(TABLE.join(' '));
}

/** `-s` leaves counters out, so that a listing changes with the rules alone. */
async function listing(
  host: Host,
  options: readonly string[] = ['-s'],
): Promise<string | undefined> {
  if (!(await hasTable(host))) return undefined;
  const { stdout } = await onHost(host, ['nft', ...options, '-j', 'list', ...TABLE]);
  return options.length === 0 ? stdout : withoutHandles(stdout);
}

/**
 * How the kernel would list this text: it is loaded into an empty network namespace that ends with
 * the command. nft lists rules only after the transaction that loads them, hence two commands, and
 * a shell (with fixed words) because the namespace lives no longer than one program.
 */
async function listingOf(text: string, host: Host): Promise<string> {
  const script = 'nft -f - && exec nft -s -j list table inet anklume';
  const { stdout } = await onHost(host, ['unshare', '-n', 'sh', '-c', script], { input: text });
  return withoutHandles(stdout);
}

/** Handles count up with every load and mean nothing; members of sets come in any order. */
function withoutHandles(json: string): string {
  const { nftables } = JSON.parse(json) as { nftables: NftObject[] };
  return JSON.stringify(nftables, (name, value: unknown) => {
    if (name === 'handle') return undefined;
    if (name === 'elem' && Array.isArray(value))
      return value.map((element) => JSON.stringify(element)).sort();
    return value;
  });
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
      en: `The isolation rules were refused, and those before them are still in force. ${cause.text.en}`,
      fr: `Les règles d'isolation ont été refusées, et les précédentes restent en vigueur. ${cause.text.fr}`,
    },
    remedy: {
      en: `Loading rules needs root and a kernel with nftables; 'anklume doctor' checks both.`,
      fr: `Charger des règles demande les droits root et un noyau avec nftables ; « anklume doctor » vérifie les deux.`,
    },
    cause,
  });
}
