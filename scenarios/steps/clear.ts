import type { Instance, Outside } from './place.ts';

interface Named {
  readonly name: string;
  readonly project?: string;
}

/** Removes what a scenario made, whoever it belongs to and whatever protects it; the images stay. */
export async function clearSandbox(outside: Outside, image: string): Promise<void> {
  await Promise.all((await outside.instances()).map((one) => removeInstance(outside, one)));
  const projects = await outside.query<Named[]>('/1.0/projects?recursion=1');
  const others = projects.filter(({ name }) => name !== 'default');
  await Promise.all(
    others.map(({ name }) =>
      outside.incus('query', '-X', 'DELETE', `/1.0/projects/${name}?force=1`),
    ),
  );
  await removeVolumes(outside);
  const networks = await outside.query<(Named & { managed: boolean })[]>(
    '/1.0/networks?recursion=1',
  );
  for (const { name, managed } of networks)
    if (managed) await outside.incus('network', 'delete', name);
  await removeImages(outside, image);
  await removeRules(outside);
}

async function removeInstance(outside: Outside, instance: Instance): Promise<void> {
  const { name, project, config } = instance;
  const where = ['--project', project];
  if (config['security.protection.delete'] === 'true')
    await outside.incus('config', 'set', name, 'security.protection.delete=false', ...where);
  await outside.incus('delete', '--force', name, ...where);
}

async function removeVolumes(outside: Outside): Promise<void> {
  const volumes = await outside.query<(Named & { type: string })[]>(
    '/1.0/storage-pools/default/volumes?recursion=1&all-projects=true',
  );
  for (const { name, project = 'default' } of volumes.filter(({ type }) => type === 'custom'))
    await outside.incus('storage', 'volume', 'delete', 'default', name, '--project', project);
}

async function removeImages(outside: Outside, kept: string): Promise<void> {
  const images =
    await outside.query<{ fingerprint: string; aliases: Named[] }[]>('/1.0/images?recursion=1');
  for (const { fingerprint, aliases } of images)
    if (!aliases.some(({ name }) => name === kept))
      await outside.incus('image', 'delete', fingerprint);
}

/** Tables of anklume, and namespaces that stand for what lies outside. */
async function removeRules(outside: Outside): Promise<void> {
  const tables = (await outside.onHost('nft', 'list', 'tables')).split('\n');
  for (const table of tables.filter((line) => / anklume$/.test(line)))
    await outside.onHost('nft', 'delete', ...table.split(' '));
  const spaces = (await outside.onHost('ip', 'netns', 'list')).split('\n').filter(Boolean);
  for (const space of spaces)
    await outside.onHost('ip', 'netns', 'delete', space.split(' ')[0] ?? '');
}
