import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptMirrors, cacheFolder, run } from '../../src/base/system/index.ts';

const NAME = 'vhost-device-vsock';
const KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * The program that is a virtual machine's vsock device where the kernel has none, kept in the cache. Only Debian's
 * unstable has it; its package asks for nothing that an older Debian lacks, and apt checks its signature.
 */
export async function vsockDevice(): Promise<string> {
  const folder = join(cacheFolder(), 'vms');
  const program = join(folder, NAME);
  if (await works(program)) return program;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(tmpdir(), 'anklume-download-'));
  try {
    await download(work);
    const file = (await readdir(work)).find((name) => name.endsWith('.deb'));
    if (!file) throw new Error(`apt fetched no package ${NAME}`);
    await run(['dpkg-deb', '--extract', join(work, file), join(work, 'root')]);
    const own = join(folder, `${NAME}.${process.pid}`);
    await run(['cp', join(work, 'root/usr/bin', NAME), own]);
    await rename(own, program);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}

function works(program: string): Promise<boolean> {
  return run([program, '--version']).then(
    () => true,
    () => false,
  );
}

/** An apt of its own: the archives that this machine installs from stay what they are. */
async function download(work: string): Promise<void> {
  const { main } = await aptMirrors();
  const list = join(work, 'sid.list');
  await writeFile(list, `deb [signed-by=${KEYS}] ${main} sid main\n`);
  for (const name of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(work, name), { recursive: true });
  const options = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': join(work, 'lists'),
    'Dir::Cache': join(work, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  const words = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  await run(['apt-get', '--quiet', ...words, 'update']);
  await run(['apt-get', '--quiet', ...words, 'download', NAME], { cwd: work });
}
