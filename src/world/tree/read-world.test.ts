import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { readTree } from './read.ts';
import { freshProject } from './worlds.fixture.ts';

const ALL = 'project_name: home\ndefault_os_image: images:debian/13\n';
const section = (lines: string) =>
  `---\n# === MANAGED BY infra.yml ===\n${lines}# === END MANAGED ===\n`;
const network = (n: number) => `{name: net-${n}, subnet: 10.0.${n}.0/24, gateway: 10.0.${n}.254}`;
const SMALL = {
  'inventory/pro.yml': section('all: {children: {pro: {hosts: {web: }}}}\n'),
  'group_vars/all.yml': ALL,
  'group_vars/pro.yml': `incus_project: pro\nincus_network: ${network(1)}\n`,
  'host_vars/web.yml': 'instance_name: web\ninstance_type: lxc\ninstance_ip: 10.0.1.1\n',
};

/** The tree of these files, and `file:line code variable` of each problem. */
async function read(files: Readonly<Record<string, string>>) {
  const root = await freshProject();
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const { desired, problems } = await readTree(root);
  const told = problems.map(
    ({ code, path, place }) => `${place?.file}:${place?.line} ${[code, ...path].join(' ')}`,
  );
  return { desired, told };
}
const all = (...lines: string[]) => ({
  ...SMALL,
  'group_vars/all.yml': `${ALL}${lines.join('\n')}\n`,
});

it('a small tree says little, and the rest is as usual', async () => {
  const { desired, told } = await read(SMALL);
  expect(told).toEqual([]);
  expect(desired).toStrictEqual({
    projectName: 'home',
    defaultImage: 'images:debian/13',
    gpuPolicy: 'exclusive',
    firewallMode: 'host',
    logDrops: false,
    domains: [expect.objectContaining({ name: 'pro', project: 'pro' })],
    policies: [],
  });
  expect(desired?.domains[0]?.machines).toMatchObject([
    { name: 'web', domain: 'pro', ip: '10.0.1.1', image: 'images:debian/13' },
  ]);
});

it.each<[string, object]>([
  ['gpu_policy: shared', { gpuPolicy: 'shared' }],
  ['firewall_mode: vm', { firewallMode: 'vm' }],
  ['network_log_drops: true', { logDrops: true }],
  ['incus_images_export_for_nesting: false', { images: { exportForNesting: false } }],
  ['incus_images_export_dir: /srv', { images: { folder: '/srv' } }],
  ['incus_images_download_timeout: 1', { images: { downloadTimeout: 1 } }],
  ['incus_images_download_timeout: 86400', { images: { downloadTimeout: 86_400 } }],
  [
    'network_policies: [{from: web, to: pro, ports: all}]',
    { policies: [expect.objectContaining({ from: 'web', to: 'pro' })] },
  ],
  [
    'described_machines: [{name: nas, domain: pro, project: default, instance: nas}]',
    { described: [expect.objectContaining({ name: 'nas', instance: 'nas' })] },
  ],
])('a line for all states %s', async (line, stated) => {
  const { desired, told } = await read(all(line));
  expect(told).toEqual([]);
  expect(desired).toStrictEqual({ ...(await read(SMALL)).desired, ...stated });
});

it.each([
  'gpu_policy: both',
  'firewall_mode: off',
  'network_log_drops: 1',
  'incus_images_export_for_nesting: 1',
  'incus_images_export_dir: srv',
  'incus_images_download_timeout: 0',
  'incus_images_download_timeout: 86401',
])('a line for all that cannot be is told where it stands: %s', async (line) => {
  expect(await read(all(line))).toEqual({
    desired: undefined,
    told: [`group_vars/all.yml:3 tree-wrong-value ${line.split(':')[0]}`],
  });
});

it('what is not set is told where it belongs', async () => {
  const bare = {
    ...SMALL,
    'group_vars/all.yml': 'x: 1\n',
    'group_vars/pro.yml': 'incus_project: \n',
  };
  expect((await read({ ...bare, 'host_vars/web.yml': 'x: 1\n' })).told).toEqual([
    'group_vars/all.yml:1 tree-variable-missing default_os_image',
    'host_vars/web.yml:1 tree-variable-missing instance_name',
    'host_vars/web.yml:1 tree-variable-missing instance_type',
    'host_vars/web.yml:1 tree-variable-missing instance_ip',
    'group_vars/pro.yml:1 tree-variable-missing incus_project',
    'group_vars/pro.yml:1 tree-variable-missing incus_network',
    'group_vars/all.yml:1 tree-variable-missing project_name',
  ]);
});

it('names that can be no object of Incus are told where the inventory has them', async () => {
  const inventory = section('all: {children: {a b: {hosts: {c_d: }}}}\n');
  const { told } = await read({ ...SMALL, 'inventory/a b.yml': inventory });
  expect(told.filter((one) => one.endsWith('tree-bad-name'))).toEqual([
    'inventory/a b.yml:3 tree-bad-name',
    'inventory/a b.yml:3 tree-bad-name',
  ]);
});

it('conflicts are told at the lines that conflict: of a machine at its own, of a domain at its', async () => {
  const { told } = await read({
    ...SMALL,
    'group_vars/pro.yml': `incus_project: pro\nincus_network: {name: n1, subnet: 10.0.2.0/24, gateway: 10.0.1.254}\n`,
  });
  expect(told).toEqual([
    'group_vars/pro.yml:2 tree-address-outside incus_network',
    'host_vars/web.yml:3 tree-address-outside instance_ip',
  ]);
});

it('a group is a domain that has a managed file in inventory/ or a project in its variables', async () => {
  const names = async (files: Readonly<Record<string, string>>) =>
    (await read({ ...SMALL, ...files })).desired?.domains.map(({ name }) => name);
  const lab = 'all: {children: {lab: {hosts: {}}}}\n';
  const variables = `incus_project: lab\nincus_network: ${network(2)}\n`;
  expect(await names({ 'inventory/lab.yml': lab })).toEqual(['pro']);
  expect(await names({ 'inventory/lab.yml': lab, 'group_vars/lab.yml': 'x: 1\n' })).toEqual([
    'pro',
  ]);
  expect(await names({ 'inventory/lab.yml': lab, 'group_vars/lab.yml': variables })).toEqual([
    'lab',
    'pro',
  ]);
  // Beside lines of the user's own too.
  expect(
    await names({
      'inventory/pro.yml': `${SMALL['inventory/pro.yml']}mine: {hosts: {}}\n`,
      'group_vars/lab.yml': variables,
    }),
  ).toEqual(['pro']);
  expect(
    await names({ 'inventory/lab.yml': lab, 'group_vars/lab.yml': `${section(variables)}x: 1\n` }),
  ).toEqual(['lab', 'pro']);
});

it('the groups that Ansible itself makes are no domains', async () => {
  const variables = `incus_project: own\nincus_network: ${network(3)}\n`;
  const { desired, told } = await read({
    ...SMALL,
    'inventory/all.yml': section('all: {hosts: {}}\n'),
    'inventory/ungrouped.yml': section('ungrouped: {hosts: {}}\n'),
    'group_vars/ungrouped.yml': variables,
    'group_vars/all.yml': `${ALL}${variables}`,
  });
  expect(told).toEqual([]);
  expect(desired?.domains.map(({ name }) => name)).toEqual(['pro']);
});

it('without an inventory there is a world only where the managed variables of all stand alone', async () => {
  const world = { 'group_vars/all.yml': section(ALL) };
  expect((await read(world)).desired).toMatchObject({ projectName: 'home', domains: [] });
  expect((await read({ ...world, 'group_vars/web.yml': 'x: 1\n' })).desired?.domains).toEqual([]);
  const others: Readonly<Record<string, string>>[] = [
    {},
    { 'group_vars/all.yml': ALL },
    { 'group_vars/pro.yml': section('x: 1\n') },
    { ...world, 'group_vars/pro.yml': section('x: 1\n') },
    { ...world, 'host_vars/web.yml': `${section('x: 1\n')}y: 1\n` },
  ];
  for (const files of others)
    await expect(read(files)).rejects.toMatchObject({ code: 'tree-missing' });
});
