import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDomains } from '../engine/daemon.ts';
import { anklume, type CliOptions, incusCli, inSandbox, type Outcome } from '../support.ts';

/** A project folder whose machines run on the shared sandbox; all of it goes at the end of its scope. */
export interface World extends AsyncDisposable {
  readonly folder: string;
  /** Runs the program from the project's folder. */
  tool(args: readonly string[], options?: CliOptions): Promise<Outcome>;
}

/** Applies `domains` (the text below `domains:` in infra.yml) and what else is given. */
export async function appliedWorld(
  names: readonly string[],
  octet: number,
  domains: string,
  more = '',
): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-backup-'));
  const head = `project_name: home\nglobal: {base_subnet: "10.${octet}", default_os_image: probe}\n`;
  await writeFile(join(folder, 'infra.yml'), `${head}domains:\n${domains}${more}`);
  const tool = (args: readonly string[], options: CliOptions = {}) =>
    anklume(args, { cwd: folder, ...options });
  const world: World = {
    folder,
    tool,
    async [Symbol.asyncDispose]() {
      await removeDomains(...names);
      await rm(folder, { recursive: true, force: true });
    },
  };
  for (const words of [['sync'], ['apply', '--yes']]) {
    const { code, stderr } = await tool(words);
    if (code === 0) continue;
    await world[Symbol.asyncDispose]();
    throw new Error(`${words.join(' ')}: ${stderr}`);
  }
  return world;
}

/** Runs a line of shell in a machine, with the `incus` command. */
export function inMachine(project: string, name: string, line: string): Promise<string> {
  return incusCli('exec', '--project', project, name, '--', 'sh', '-c', line);
}

/** Where a machine's root file system lies, as the sandbox sees it. */
export function rootOf(project: string, name: string): string {
  return `/var/lib/incus/storage-pools/default/containers/${project}_${name}/rootfs`;
}

/**
 * A checksum of everything below a folder of a machine, made on the host with other programs than those under test:
 * names, kinds, rights, owners, links, extended attributes, and the bytes of every file. `exact` adds times and
 * holes, which the plain form of an archive does not keep: it rounds the one to seconds and fills the other.
 */
export async function digestOf(
  project: string,
  name: string,
  path: string,
  exact = false,
): Promise<string> {
  const listing = `find . -printf '%P|%y|%m|%U|%G|%n|%l${exact ? '|%T@|%b' : ''}\\n' | sort`;
  const bytes = 'find . -type f -print0 | sort -z | xargs -0 sha256sum';
  const attributes = 'getfattr -R -d -m - . | sort';
  const script = `cd ${rootOf(project, name)}${path} && { ${listing}; ${bytes}; ${attributes}; } | sha256sum`;
  return (await inSandbox('sh', '-c', script)).trim();
}
