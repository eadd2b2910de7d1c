import { rm } from 'node:fs/promises';
import { readIfExists } from '../../base/system/index.ts';
import { begun, done, type Former, type Ledger, readLedger, writeLedger } from './ledger.ts';
import { MANAGERS, type ManagerName } from './managers.ts';
import type { Change } from './step.ts';

/** What bootstrap.sh wrote down before it brought Node.js and this program: a line a change. */
const SEED = '/var/lib/anklume/seed';

/** Folders that the script unpacks into; nothing else is ever deleted as a whole. */
const TREES = ['/opt/anklume', '/opt/anklume-node'];
const NODE_LINK = { path: '/usr/local/bin/node', target: '/opt/anklume-node/bin/node' };

/** Takes the script's notes over into the ledger. */
export async function adoptSeed(): Promise<void> {
  const text = (await readIfExists(SEED))?.toString('utf8');
  if (text === undefined) return;
  await writeLedger(withSeed(await readLedger(), text, new Date().toISOString()));
  await rm(SEED, { force: true });
}

/** The ledger with these notes. A line that the script does not write is passed over. Pure. */
export function withSeed(ledger: Ledger, text: string, at: string): Ledger {
  return text.split('\n').reduce((known, line) => {
    const found = changeOf(line.trim().split(/\s+/));
    if (!found) return known;
    return done(begun(known, found.change, found.former, at), found.change);
  }, ledger);
}

function changeOf([kind, ...words]: readonly string[]):
  | { change: Change; former: Former }
  | undefined {
  const [first = '', second = '', ...rest] = words;
  if (kind === 'tree' && TREES.includes(first))
    return { change: { kind: 'tree', path: first }, former: {} };
  if (kind === 'link' && first === NODE_LINK.path && second === NODE_LINK.target)
    return { change: { kind: 'link', ...NODE_LINK }, former: {} };
  if (kind === 'packages' && isManager(first) && second === 'nodejs')
    // What it would bring was not there before: all of it is ours.
    return {
      change: { kind: 'packages', manager: first, names: [second] },
      former: { before: [], planned: rest },
    };
  return undefined;
}

function isManager(name: string): name is ManagerName {
  return Object.hasOwn(MANAGERS, name);
}
