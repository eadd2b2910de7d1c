import { readFile } from 'node:fs/promises';
import { run, writeAtomic } from '../../../base/system/index.ts';
import type { Former, Json } from '../ledger.ts';

/** Users, groups and ranges of numbers that packages make and do not take back. */
export interface Accounts {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly subuid: readonly string[];
  readonly subgid: readonly string[];
}

/** Numbers below this belong to programs: no person is ever deleted. */
const FIRST_PERSON = 1000;

export async function readAccounts(): Promise<Accounts> {
  const [users, groups, subuid, subgid] = await Promise.all(
    ['/etc/passwd', '/etc/group', '/etc/subuid', '/etc/subgid'].map(linesOf),
  );
  return {
    users: systemNames(users ?? []),
    groups: systemNames(groups ?? []),
    subuid: subuid ?? [],
    subgid: subgid ?? [],
  };
}

/** What came since, of each kind. */
export function addedSince(now: Accounts, before: Accounts): Accounts {
  const fresh = (kind: keyof Accounts) => now[kind].filter((one) => !before[kind].includes(one));
  return {
    users: fresh('users'),
    groups: fresh('groups'),
    subuid: fresh('subuid'),
    subgid: fresh('subgid'),
  };
}

/** Takes these back, as far as they are still there. */
export async function removeAccounts(added: Accounts): Promise<void> {
  const now = await readAccounts();
  for (const user of added.users.filter((one) => now.users.includes(one)))
    await run(['userdel', '--', user]);
  // A group of the same name goes along with its user.
  const { groups } = await readAccounts();
  for (const group of added.groups.filter((one) => groups.includes(one)))
    await run(['groupdel', '--', group]);
  await dropLines('/etc/subuid', added.subuid);
  await dropLines('/etc/subgid', added.subgid);
}

export function accountsIn(said: Json | undefined): Accounts {
  const of = (kind: keyof Accounts): string[] => {
    const list = isObject(said) ? said[kind] : undefined;
    return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
  };
  return { users: of('users'), groups: of('groups'), subuid: of('subuid'), subgid: of('subgid') };
}

export function isObject(said: Json | undefined): said is Former {
  return typeof said === 'object' && said !== null && !Array.isArray(said);
}

async function dropLines(path: string, dropped: readonly string[]): Promise<void> {
  const before = await linesOf(path);
  const kept = before.filter((line) => !dropped.includes(line));
  if (kept.length < before.length)
    await writeAtomic(path, kept.map((line) => `${line}\n`).join(''));
}

function systemNames(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const [name = '', , id] = line.split(':');
    return Number(id) < FIRST_PERSON ? [name] : [];
  });
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return text.split('\n').filter(Boolean);
}
