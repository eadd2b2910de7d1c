import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, findProgram, run } from '../../../src/base/system/index.ts';

/** What ansible-inventory of Debian needs at run time. */
const PACKAGES = [
  'ansible-core',
  'python3-jinja2',
  'python3-markupsafe',
  'python3-packaging',
  'python3-resolvelib',
  'python3-yaml',
];

/** Ansible's own view of an inventory folder, as JSON; undefined where Ansible is neither installed nor to be had. */
export async function ansibleInventory(root: string): Promise<Inventory | undefined> {
  const program = await ansible();
  if (!program) return undefined;
  const args = ['-i', join(root, 'inventory'), '--playbook-dir', root, '--list'];
  const { stdout } = await run([...program.argv, ...args], { env: program.env });
  return JSON.parse(stdout) as Inventory;
}

export type Inventory = Readonly<Record<string, { readonly hosts?: readonly string[] }>> & {
  readonly _meta: { readonly hostvars: Readonly<Record<string, Record<string, unknown>>> };
};

async function ansible(): Promise<
  { readonly argv: string[]; readonly env: Record<string, string> } | undefined
> {
  const installed = await findProgram('ansible-inventory');
  if (installed) return { argv: [installed], env: {} };
  const folder = join(cacheFolder(), 'ansible');
  const root = join(folder, 'root');
  try {
    await run(['test', '-d', root]);
  } catch {
    if (!(await unpack(folder))) return undefined;
  }
  return {
    argv: ['/usr/bin/python3', join(root, 'usr/bin/ansible-inventory')],
    env: { PYTHONPATH: join(root, 'usr/lib/python3/dist-packages') },
  };
}

/** Debian's packages beside the system, not in it: what is installed here stays as it was. */
async function unpack(folder: string): Promise<boolean> {
  if (!(await findProgram('apt-get')) || !(await findProgram('dpkg-deb'))) return false;
  const fresh = `${folder}.${process.pid}`;
  await mkdir(join(fresh, 'root'), { recursive: true });
  await run(['apt-get', 'download', ...PACKAGES], { cwd: fresh });
  await run(['sh', '-c', 'for file in *.deb; do dpkg-deb -x "$file" root; done'], { cwd: fresh });
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
  return true;
}
