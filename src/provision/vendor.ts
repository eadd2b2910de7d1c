import { createHash } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AnklumeError, type Emit, silent, step } from '../base/messages/index.ts';
import {
  findProgram,
  makeFolders,
  printable,
  readIfExists,
  run,
  writeAtomic,
} from '../base/system/index.ts';
import { interrupted } from './errors.ts';
import type { Provisionable } from './machines.ts';
import { knownRoles, missingRoles } from './roles.ts';

/** Where people keep the list of roles from elsewhere; the first that there is counts. */
const LISTS = ['requirements.yml', 'roles/requirements.yml'];
const VENDOR = 'roles_vendor';
/** Hash of the list that `roles_vendor/` was filled from. Absent where a person filled it. */
const STAMP = join(VENDOR, '.requirements.sha256');
/** Milliseconds for fetching all of them over a slow line. */
const LIMIT = 15 * 60_000;

/**
 * Whether roles are to be fetched: when the list is another than the one they were fetched from, or when a role that a
 * machine wants is nowhere. What a person put there by hand, and is complete, is left alone.
 */
export function mustFetch(facts: {
  /** Hash of the list; absent without a list. */
  readonly list?: string;
  readonly stamp?: string;
  readonly isRoleMissing: boolean;
}): boolean {
  if (facts.list === undefined) return false;
  return facts.isRoleMissing || (facts.stamp !== undefined && facts.stamp !== facts.list);
}

/**
 * Fetches the roles of requirements.yml into `roles_vendor/` where `mustFetch` says so; otherwise nobody is asked for
 * anything. Trouble is a warning: machines that do not need what is missing go on.
 */
export async function fetchVendorRoles(
  root: string,
  machines: readonly Pick<Provisionable, 'roles'>[],
  { emit = silent, signal }: { readonly emit?: Emit; readonly signal?: AbortSignal },
): Promise<void> {
  const found = await requirements(root);
  if (!found) return;
  const stamp = (await readIfExists(join(root, STAMP)))?.toString('utf8').trim();
  const known = await knownRoles(root);
  const isRoleMissing = machines.some((machine) => missingRoles(machine, known).length > 0);
  const facts = { list: found.hash, isRoleMissing, ...(stamp !== undefined && { stamp }) };
  if (!mustFetch(facts)) return;
  const label = {
    en: `Fetch the roles of ${found.path}`,
    fr: `Récupérer les rôles de ${found.path}`,
  };
  try {
    await step(emit, { id: 'roles', label }, () => fetch(root, found.path, signal));
    await writeAtomic(join(root, STAMP), `${found.hash}\n`);
  } catch (error) {
    if (signal?.aborted) throw interrupted();
    if (!(error instanceof AnklumeError)) throw error;
    // Told already, as the step that failed. Machines that lack a role are told one by one.
  }
}

/** Whether roles can come from elsewhere. */
export async function hasRequirements(root: string): Promise<boolean> {
  return (await requirements(root)) !== undefined;
}

async function requirements(root: string): Promise<{ path: string; hash: string } | undefined> {
  for (const path of LISTS) {
    const bytes = await readIfExists(join(root, path));
    if (bytes && listsRoles(bytes))
      return { path, hash: createHash('sha256').update(bytes).digest('hex') };
  }
  return undefined;
}

/** A list may be of collections alone, as that of the Ansible-based anklume is. One that cannot be read counts: the program says why. */
function listsRoles(bytes: Buffer): boolean {
  try {
    const untrusted: unknown = parse(bytes.toString('utf8'), { logLevel: 'silent' });
    if (typeof untrusted !== 'object' || untrusted === null || Array.isArray(untrusted))
      return true;
    const { roles } = untrusted as { readonly roles?: unknown };
    return roles !== undefined && roles !== null && !(Array.isArray(roles) && roles.length === 0);
  } catch {
    return true;
  }
}

/** All of them into an empty folder first: a fetch that was cut short leaves no half of a role where roles are looked for. */
async function fetch(root: string, list: string, signal: AbortSignal | undefined): Promise<void> {
  const fresh = join(root, VENDOR, '.new');
  await rm(fresh, { recursive: true, force: true });
  await makeFolders(fresh);
  try {
    const program = (await findProgram('ansible-galaxy')) ?? 'ansible-galaxy';
    const words = ['role', 'install', '--role-file', list, '--roles-path', fresh];
    const { code, stdout, stderr } = await run([program, ...words], {
      cwd: root,
      env: { ANSIBLE_CONFIG: join(root, 'ansible.cfg'), ANSIBLE_NOCOLOR: '1', LC_ALL: 'C.UTF-8' },
      timeout: LIMIT,
      // A role that cannot be got, a list that cannot be read, a fault of its own.
      accept: [1, 4, 250],
      ...(signal && { signal }),
    });
    if (code !== 0) throw notFetched(list, stderr || stdout);
    for (const role of await readdir(fresh)) {
      await rm(join(root, VENDOR, role), { recursive: true, force: true });
      await rename(join(fresh, role), join(root, VENDOR, role));
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

function notFetched(list: string, untrustedWords: string): AnklumeError {
  // Ansible breaks its lines at 79 characters.
  const words = printable(untrustedWords.trim().replace(/\s+/g, ' ')).slice(0, 600);
  return new AnklumeError({
    code: 'roles-not-fetched',
    message: {
      en: `ansible-galaxy could not fetch the roles of ${list}: ${words}`,
      fr: `ansible-galaxy n'a pas pu récupérer les rôles de ${list} : ${words}`,
    },
    remedy: {
      en: `Set right what it says, or put the roles into ${VENDOR}/ yourself.`,
      fr: `Corrigez ce qu'il indique, ou placez vous-même les rôles dans ${VENDOR}/.`,
    },
  });
}
