import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { readIfExists, writeAtomic } from '../../base/system/index.ts';
import { type Change, nameOf } from './step.ts';

/** Everything that bootstrap changed on this host. */
export interface Ledger {
  readonly version: 1;
  readonly entries: readonly Entry[];
}

/** One change: written down before it is begun, with what stood there before. */
export interface Entry {
  readonly name: string;
  readonly state: 'begun' | 'done';
  /** ISO 8601: when it was begun. */
  readonly at: string;
  readonly change: Change;
  /** What stood there before; each kind of change reads its own. */
  readonly former: Former;
}

/** Plain JSON. */
export type Former = { readonly [key: string]: Json };
export type Json = string | number | boolean | null | readonly Json[] | Former;

export const LEDGER = '/var/lib/anklume/ledger.json';
const EMPTY: Ledger = { version: 1, entries: [] };

/** The ledger of this host; an empty one where nothing was changed. Throws `ledger-unreadable` (exit 1), `ledger-denied` (exit 4). */
export async function readLedger(path = LEDGER): Promise<Ledger> {
  const bytes = await readIfExists(path).catch(unlessDenied);
  if (bytes === undefined) return EMPTY;
  const ledger = parseLedger(bytes.toString('utf8'));
  if (ledger) return ledger;
  throw new AnklumeError({
    code: 'ledger-unreadable',
    exit: ExitCode.failed,
    message: {
      en: `${path} is not the ledger that anklume wrote. Nothing was changed.`,
      fr: `${path} n'est pas le registre écrit par anklume. Rien n'a été modifié.`,
    },
    remedy: {
      en: 'Restore it from a backup: it alone says what is to be undone.',
      fr: 'Restaurez-le depuis une sauvegarde : lui seul dit ce qui est à retirer.',
    },
  });
}

function unlessDenied(error: NodeJS.ErrnoException): never {
  if (error.code !== 'EACCES') throw error;
  throw new AnklumeError({
    code: 'ledger-denied',
    exit: ExitCode.environment,
    cause: error,
    message: {
      en: 'Only root may read what was changed on this host.',
      fr: 'Seul root peut lire ce qui a été modifié sur cet hôte.',
    },
    remedy: { en: 'Run the same command with sudo.', fr: 'Lancez la même commande avec sudo.' },
  });
}

/** Only root may read it: it holds former files. */
export function writeLedger(ledger: Ledger, path = LEDGER): Promise<void> {
  return writeAtomic(path, `${JSON.stringify(ledger, null, 2)}\n`, 0o600);
}

/** With a change that begins: one that was begun before keeps what stood there before that. */
export function begun(ledger: Ledger, change: Change, former: Former, at: string): Ledger {
  const name = nameOf(change);
  const known = ledger.entries.find((entry) => entry.name === name);
  const entry: Entry = {
    name,
    state: 'begun',
    at: known?.at ?? at,
    change,
    former: known?.former ?? former,
  };
  if (!known) return { ...ledger, entries: [...ledger.entries, entry] };
  return with_(ledger, entry);
}

/** With a change that is complete, and what is known of it only then. */
export function done(ledger: Ledger, change: Change, learned: Former = {}): Ledger {
  const name = nameOf(change);
  const known = ledger.entries.find((entry) => entry.name === name);
  if (!known) return ledger;
  return with_(ledger, { ...known, state: 'done', former: { ...known.former, ...learned } });
}

/** Without a change that was taken back. */
export function without(ledger: Ledger, name: string): Ledger {
  return { ...ledger, entries: ledger.entries.filter((entry) => entry.name !== name) };
}

function with_(ledger: Ledger, entry: Entry): Ledger {
  const entries = ledger.entries.map((one) => (one.name === entry.name ? entry : one));
  return { ...ledger, entries };
}

function parseLedger(text: string): Ledger | undefined {
  try {
    const said = JSON.parse(text) as Partial<Ledger>;
    if (said.version !== 1 || !Array.isArray(said.entries)) return undefined;
    return said.entries.every(isEntry) ? { version: 1, entries: said.entries } : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(said: unknown): said is Entry {
  if (typeof said !== 'object' || said === null) return false;
  const { name, state, change, former } = said as Partial<Entry>;
  return (
    typeof name === 'string' &&
    (state === 'begun' || state === 'done') &&
    typeof former === 'object' &&
    former !== null &&
    typeof change === 'object' &&
    change !== null &&
    nameOf(change) === name
  );
}
