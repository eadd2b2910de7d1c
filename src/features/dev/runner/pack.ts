import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cloneRoot, run } from '../../../base/system/index.ts';

/** Seconds since 1970: the same tree is packed into the same bytes, so that nothing changes where nothing changed. */
const STAMP = '1700000000';

interface PackOptions {
  readonly signal?: AbortSignal;
}

/**
 * The repository as it stands in its folder, with what is not committed yet and without what git ignores, as a
 * repository of one commit in a tar file in `scratch`. The person's own repository is only read.
 */
export async function packRepository(
  scratch: string,
  { signal }: PackOptions = {},
): Promise<string> {
  const folder = join(scratch, 'anklume.git');
  const common = { ...(signal && { signal }) };
  const place = [`--git-dir=${folder}`, `--work-tree=${cloneRoot()}`];
  await run(['git', 'init', '--quiet', '--bare', '--initial-branch=main', folder], common);
  await run(['git', ...place, 'add', '--all'], { ...common, cwd: cloneRoot() });
  const person = { name: 'anklume', email: 'anklume@localhost', date: `${STAMP} +0000` };
  const env = Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(person).map(([key, value]) => [`GIT_${role}_${key.toUpperCase()}`, value]),
    ),
  );
  const words = ['commit', '--quiet', '--no-verify', '--no-gpg-sign', '-m', 'The working tree'];
  await run(['git', ...place, ...words], { ...common, env });
  return tar(scratch, scratch, 'anklume.git', common);
}

/**
 * The installed dependencies in a tar file in `scratch`, so that the runner need not ask the registry; undefined where
 * they are not the ones of the lock file.
 */
export async function packDependencies(
  scratch: string,
  { signal }: PackOptions = {},
): Promise<string | undefined> {
  const root = cloneRoot();
  const installed = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  const complete = existsSync(join(root, 'node_modules', 'vitest'));
  if (!complete || !existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs)
    return undefined;
  return tar(scratch, root, 'node_modules', { ...(signal && { signal }) });
}

async function tar(
  scratch: string,
  folder: string,
  name: string,
  options: PackOptions,
): Promise<string> {
  const file = join(scratch, `${name}.tar`);
  const same = ['--sort=name', `--mtime=@${STAMP}`, '--owner=0', '--group=0', '--numeric-owner'];
  await run(['tar', '-C', folder, ...same, '-cf', file, name], options);
  return file;
}
