import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findProgram, productRoot } from '../base/system/index.ts';
import { ansibleMissing } from './errors.ts';

/** The daemon that Ansible works with. */
export type AnsibleReach = { readonly socket: string } | { readonly remote: string };

/** Tags of Ansible; a role's name is one. Empty: everything, and nothing left out. */
export interface Tags {
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
}

/** How to start Ansible. */
export interface AnsibleCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** An installed Ansible. */
export interface Program {
  readonly path: string;
  /** Put in front: ends Ansible when this process ends, however it ends. Two runs would get in each other's way. */
  readonly prefix: readonly string[];
}

/** The program, or the error `ansible-missing` (exit 4). */
export async function findAnsible(): Promise<Program> {
  const path = await findProgram('ansible-playbook');
  if (!path) throw ansibleMissing();
  const setpriv = await findProgram('setpriv');
  return { path, prefix: setpriv ? [setpriv, '--pdeathsig', 'TERM'] : [] };
}

/**
 * How an inventory may be written: nothing that is a program, or names one, is run from it unasked. Whoever wants that
 * sets the variable.
 */
export function inventoryKinds(): Readonly<Record<string, string>> {
  return {
    ANSIBLE_INVENTORY_ENABLED: process.env.ANSIBLE_INVENTORY_ENABLED ?? 'host_list,yaml,ini,toml',
  };
}

/** The call for some machines of the project below `root`. Only what is shown differs from a call by hand. */
export function ansibleCommand(
  program: Program,
  root: string,
  machines: readonly string[],
  { tags = [], skipTags = [] }: Tags,
  reach: AnsibleReach,
): AnsibleCommand {
  const forks = Math.min(machines.length, Math.max(8, 4 * availableParallelism()));
  return {
    argv: [
      ...program.prefix,
      program.path,
      'site.yml',
      ...['--limit', machines.join(',')],
      ...['--forks', String(forks)],
      ...(tags.length > 0 ? ['--tags', tags.join(',')] : []),
      ...(skipTags.length > 0 ? ['--skip-tags', skipTags.join(',')] : []),
    ],
    env: {
      // Ansible passes the file over in a folder that others may write to, unless it is named.
      ANSIBLE_CONFIG: join(root, 'ansible.cfg'),
      ...inventoryKinds(),
      ANSIBLE_STDOUT_CALLBACK: 'anklume_events',
      ANSIBLE_CALLBACK_PLUGINS: join(productRoot(), 'ansible/callback_plugins'),
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_FORCE_COLOR: '0',
      LC_ALL: 'C.UTF-8',
      PYTHONDONTWRITEBYTECODE: '1',
      ...('socket' in reach
        ? { INCUS_SOCKET: reach.socket }
        : { ANKLUME_INCUS_REMOTE: reach.remote }),
    },
  };
}
