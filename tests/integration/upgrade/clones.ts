import { spawn } from 'node:child_process';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { productRoot, run } from '../../../src/base/system/index.ts';
import type { Outcome } from '../support.ts';

const me = ['-c', 'user.name=Me', '-c', 'user.email=me@example.org'];
export const git = async (root: string, ...args: string[]): Promise<string> =>
  (await run(['git', '-C', root, ...me, ...args])).stdout.trim();
export const read = (root: string, path: string): Promise<string> =>
  readFile(join(root, path), 'utf8');

export async function write(root: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

export async function commit(root: string, message: string): Promise<void> {
  await git(root, 'add', '-A');
  await git(root, 'commit', '--quiet', '-m', message);
}

/** A repository of the product as it is now, called 0.1.0, and clones of it as users have them. */
export class Upstream implements AsyncDisposable {
  readonly folder: string;
  readonly root: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.root = join(folder, 'upstream');
  }

  static async make(): Promise<Upstream> {
    const upstream = new Upstream(await mkdtemp(join(tmpdir(), 'anklume-upgrade-')));
    const { root } = upstream;
    await run(['git', 'init', '--quiet', '-b', 'main', root]);
    const known = ['ls-files', '-z', '-co', '--exclude-standard'];
    const files = (await git(productRoot(), ...known)).split('\0');
    for (const path of files.filter((one) => one !== '' && !/^(tests|bench)\//.test(one))) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await copyFile(join(productRoot(), path), join(root, path));
    }
    await commit(root, 'first');
    await git(root, 'tag', 'v0.1.0');
    return upstream;
  }

  /** A version with another number, and these files. */
  async release(version: string, files: Readonly<Record<string, string>>): Promise<void> {
    const manifest = await read(this.root, 'package.json');
    const next = manifest.replace(/"version": ".*"/, `"version": "${version}"`);
    await write(this.root, 'package.json', next);
    for (const [path, text] of Object.entries(files)) await write(this.root, path, text);
    await commit(this.root, version);
    await git(this.root, 'tag', `v${version}`);
  }

  /** A user's clone of the product, with dependencies beside it that no npm has to install. */
  async clone(name: string): Promise<string> {
    const root = join(this.folder, name);
    await run(['git', 'clone', '--quiet', this.root, root]);
    const modules = join(productRoot(), 'node_modules');
    await mkdir(join(root, 'node_modules'));
    for (const one of await readdir(modules))
      await symlink(join(modules, one), join(root, 'node_modules', one)).catch(() => {});
    await rm(join(root, 'node_modules/.package-lock.json'), { force: true });
    await writeFile(join(root, 'node_modules/.package-lock.json'), '');
    return root;
  }

  /** What a user has in the clone: a project with its tree, a role of his own. */
  async furnish(root: string): Promise<void> {
    await write(root, 'infra.yml', 'project_name: mine\ndomains: {pro: {machines: {web: {}}}}\n');
    await write(root, 'roles_custom/base_system/tasks/main.yml', '- debug: {msg: mine}\n');
    const sync = await this.anklume(root, ['sync']);
    expect(sync.code, sync.stderr).toBe(0);
  }

  /** Runs the `anklume` of a clone, not the one under test elsewhere. */
  anklume(root: string, args: readonly string[], killWhen?: AbortSignal): Promise<Outcome> {
    const child = spawn(join(root, 'anklume'), args, {
      cwd: root,
      env: {
        ...process.env,
        ANKLUME_LANG: 'en',
        NO_COLOR: '1',
        ANKLUME_HOME: join(this.folder, 'home'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    killWhen?.addEventListener('abort', () => child.kill('SIGKILL'));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        // What a killed one had started holds the pipes open; nobody waits for that.
        if (signal === 'SIGKILL') resolve({ code, signal, ...output });
      });
      child.on('close', (code, signal) => resolve({ code, signal, ...output }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

/** Files of `furnish`. */
export const USERS = [
  'infra.yml',
  'roles_custom/base_system/tasks/main.yml',
  'group_vars/all.yml',
] as const;

export function usersOf(root: string): Promise<string[]> {
  return Promise.all(USERS.map((path) => read(root, path)));
}
