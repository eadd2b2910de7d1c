import type { Commands } from './commands.ts';

/** Puts an infra.yml into a folder of its own inside the emulated host. */
export async function writeWorld(commands: Commands, folder: string, yaml: string): Promise<void> {
  await commands.run(['mkdir', '-p', folder]);
  await commands.run(['tee', `${folder}/infra.yml`], { input: yaml });
}

/** Removes everything that apply made for these domains, with the `incus` command alone. */
export async function removeWorld(commands: Commands, domains: readonly string[]): Promise<void> {
  for (const project of domains) {
    const at = ['--project', project];
    const list = await commands.outcome(['incus', 'list', '--format', 'csv', '-c', 'n', ...at]);
    for (const name of list.stdout.split('\n').filter(Boolean)) {
      const key = 'security.protection.delete=false';
      await commands.outcome(['incus', 'config', 'set', name, key, ...at]);
      await commands.outcome(['incus', 'delete', '--force', name, ...at]);
    }
    await commands.outcome(['incus', 'project', 'delete', project, '--force']);
    await commands.outcome(['incus', 'network', 'delete', `net-${project}`]);
  }
}
