import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../../base/messages/index.ts';
import type { Desired, DesiredMachine } from './desired.ts';
import { readTree } from './read.ts';
import { renderTree } from './render.ts';
import {
  desiredFrom,
  freshProject,
  load,
  SAMPLE,
  sync,
  worlds,
  writeTree,
} from './worlds.fixture.ts';

async function syncedProject(written: object = SAMPLE): Promise<string> {
  const root = await freshProject();
  await writeTree(load({ ...written }), root);
  return root;
}

async function put(root: string, path: string, text: string | Buffer): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

async function add(root: string, path: string, text: string): Promise<void> {
  await writeFile(join(root, path), text, { flag: 'a' });
}

async function desiredAt(root: string): Promise<Desired> {
  const { desired, problems } = await readTree(root);
  if (!desired) throw new Error(JSON.stringify(problems, null, 1));
  return desired;
}

async function machineAt(root: string, name: string): Promise<DesiredMachine> {
  const desired = await desiredAt(root);
  const machine = desired.domains.flatMap((d) => d.machines).find((m) => m.name === name);
  if (!machine) throw new Error(`no ${name}`);
  return machine;
}

async function errorsAt(root: string) {
  const { desired, problems } = await readTree(root);
  expect(desired).toBeUndefined();
  return errorsOf(problems);
}

describe('readTree', () => {
  it('P01-04: reads every key back, and nothing where nothing was said', async () => {
    const everything = {
      project_name: 'full',
      global: {
        base_subnet6: 'fd00:77:1',
        log_drops: true,
        trash: '12h',
        incus_images_export_for_nesting: true,
        incus_images_export_dir: '/srv/images',
        incus_images_download_timeout: 90,
      },
      domains: {
        six: {
          ipv6: true,
          lan: false,
          profiles: { big: { config: { 'limits.cpu': 2 }, devices: { a: { type: 'none' } } } },
          machines: {
            one: {
              description: 'first',
              profiles: ['default', 'big'],
              roles: ['base_system'],
              boot_autostart: false,
              boot_priority: 0,
              snapshots_schedule: '0 6 * * *',
              snapshots_expiry: '30d',
              storage_volumes: {
                here: { pool: 'fast', path: '/here', size: '1GiB', config: { 'user.note': 'x' } },
                there: { path: '/there' },
              },
            },
            two: {},
          },
        },
        bare: {},
      },
      network_policies: [{ from: 'six', to: 'host', ports: [53], protocol: 'udp' }],
    };
    for (const written of [everything, SAMPLE, { project_name: 'small', domains: { bare: {} } }]) {
      const read = await readTree(await syncedProject(written));
      expect(read).toEqual({ desired: desiredFrom(load(written)), problems: [] });
    }
  });

  // Matrix: TR-104
  it('P01-04 P18b-04: reads back exactly what was rendered', async () => {
    const root = await freshProject();
    await sync(load(SAMPLE), root);
    expect(await readTree(root)).toEqual({ desired: desiredFrom(load(SAMPLE)), problems: [] });
    await fc.assert(
      fc.asyncProperty(worlds, async (written) => {
        const project = await syncedProject(written);
        const read = await readTree(project);
        const unparsed = await readTree(project, renderTree(load(written)));
        await rm(project, { recursive: true });
        expect(read).toEqual({ desired: desiredFrom(load(written)), problems: [] });
        expect(unparsed).toEqual(read);
      }),
      { seed: 21, endOnFailure: true, numRuns: 12 },
    );
  }, 30_000);

  it('what is known from rendering changes no answer and no place', async () => {
    const root = await syncedProject();
    const rendered = renderTree(load(SAMPLE));
    await add(root, 'host_vars/pro-dev.yml', 'instance_os_image: mine\n');
    await put(root, 'group_vars/all.yml', Buffer.from('gpu_policy: neither\n'));
    const [parsed, known] = await Promise.all([readTree(root), readTree(root, rendered)]);
    expect(known).toEqual(parsed);
    const colliding = rendered.map((file) =>
      file.path === 'host_vars/pro-dev.yml'
        ? { ...file, variables: { ...file.variables, instance_ip: 7 } }
        : file,
    );
    const { problems } = await readTree(root, colliding);
    const place = problems.find(({ path }) => path.includes('instance_ip'))?.place;
    expect(place).toMatchObject({ file: 'host_vars/pro-dev.yml' });
    expect(place?.source).toMatch(/^instance_ip: /);
  });

  // Matrix: TR-203
  it("P01-04: a user's own line wins, below the section and above it", async () => {
    const root = await syncedProject();
    await add(root, 'host_vars/pro-dev.yml', 'instance_os_image: mine\ninstance_gpu: yes\n');
    const path = 'host_vars/pro-mail.yml';
    await put(root, path, '---\ninstance_config: {limits.cpu: 3, user.flag: on, user.n: 007}\n');
    await sync(load(SAMPLE), root);
    expect(await machineAt(root, 'pro-dev')).toMatchObject({ image: 'mine', gpu: true });
    expect((await machineAt(root, 'pro-mail')).config).toEqual({
      'limits.cpu': '3',
      'user.flag': 'true',
      'user.n': '007',
    });
  });

  it('takes the last of equal keys, and follows merge keys, as Ansible does', async () => {
    const root = await syncedProject();
    await add(
      root,
      'host_vars/pro-dev.yml',
      'instance_os_image: a\ninstance_os_image: b\nbase: &base {user.x: 1, user.y: 2}\ninstance_config:\n  <<: *base\n  user.y: 3\n',
    );
    expect(await machineAt(root, 'pro-dev')).toMatchObject({
      image: 'b',
      config: { 'user.x': '1', 'user.y': '3' },
    });
  });

  it('lets host_vars win over the domain, the domain over all, and a folder over its file', async () => {
    const root = await syncedProject();
    await add(root, 'group_vars/all.yml', 'instance_os_image: of-all\ndomain_internet: false\n');
    await add(root, 'group_vars/lab.yml', 'instance_os_image: of-lab\n');
    expect(await machineAt(root, 'pro-dev')).toMatchObject({ image: 'of-all' });
    expect(await machineAt(root, 'lab-one')).toMatchObject({ image: 'of-lab' });
    expect(await machineAt(root, 'pro-mail')).toMatchObject({ image: 'images:alpine/3.20' });
    expect((await desiredAt(root)).domains.map((domain) => domain.internet)).toEqual([
      false,
      false,
      false,
    ]);
    await put(root, 'group_vars/lab/more.yaml', 'instance_os_image: of-folder\n');
    expect(await machineAt(root, 'lab-one')).toMatchObject({ image: 'of-folder' });
  });

  it('P02-13: connection variables of a user change nothing', async () => {
    const root = await syncedProject();
    const before = await readTree(root);
    for (const path of ['group_vars/all.yml', 'group_vars/pro.yml', 'host_vars/pro-dev.yml'])
      await add(
        root,
        path,
        'ansible_connection: community.general.incus\nansible_host: elsewhere\n',
      );
    expect(await readTree(root)).toEqual(before);
  });

  it('P22-14: without an inventory it says to sync', async () => {
    const root = await freshProject();
    await expect(readTree(root)).rejects.toMatchObject({
      code: 'tree-missing',
      exit: 2,
      remedy: { en: expect.stringContaining('anklume sync') },
    });
    const synced = await syncedProject();
    await rm(join(synced, 'inventory'), { recursive: true });
    await expect(readTree(synced)).rejects.toMatchObject({ code: 'tree-missing' });
  });

  it('reads a world without domains', async () => {
    const root = await syncedProject({ project_name: 'none', domains: {} });
    expect(await desiredAt(root)).toMatchObject({ projectName: 'none', domains: [] });
  });

  it("leaves the user's own groups, variables and secrets alone", async () => {
    const root = await syncedProject();
    const before = await readTree(root);
    await put(
      root,
      'inventory/mine.yml',
      'all:\n  children:\n    web: {hosts: {pro-dev: , nas: }}\n',
    );
    await put(root, 'group_vars/web/more.yml', 'port: 80\n');
    await put(root, 'group_vars/web/vault.yml', '$ANSIBLE_VAULT;1.1;AES256\n6162\n');
    await add(
      root,
      'host_vars/pro-dev.yml',
      'secret: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61\n',
    );
    expect(await readTree(root)).toEqual(before);
  });

  it('loads a tree that another version wrote, without a checksum', async () => {
    const root = await syncedProject();
    await put(
      root,
      'host_vars/pro-mail.yml',
      '---\n# === MANAGED BY infra.yml ===\n# Some other header\ninstance_name: pro-mail\ninstance_type: vm\ninstance_ip: 10.100.3.9\n# === END MANAGED ===\n',
    );
    expect(await machineAt(root, 'pro-mail')).toMatchObject({ ip: '10.100.3.9', ephemeral: false });
  });

  it.each([
    ['host_vars/pro-dev.yml', 'instance_ip: 7', 'tree-wrong-value', 14],
    ['host_vars/pro-dev.yml', 'instance_ip: "{{ base_subnet }}.3.1"', 'tree-wrong-value', 14],
    ['host_vars/pro-dev.yml', 'instance_ip: *nowhere', 'tree-wrong-value', 14],
    ['host_vars/pro-dev.yml', 'instance_ip: 10.100.3.254', 'tree-address-is-gateway', 14],
    ['host_vars/pro-dev.yml', 'instance_ip: 10.100.4.1', 'tree-address-outside', 14],
    ['host_vars/pro-dev.yml', 'instance_name: ../../etc', 'tree-wrong-value', 16],
    ['host_vars/pro-dev.yml', 'instance_type: jail', 'tree-wrong-value', 16],
    ['host_vars/pro-dev.yml', 'instance_gpu: "maybe"', 'tree-wrong-value', 15],
    ['host_vars/pro-dev.yml', 'instance_profiles: default', 'tree-wrong-value', 20],
    ['host_vars/pro-dev.yml', 'instance_devices: {a: {b: [1]}}', 'tree-wrong-value', 27],
    ['group_vars/pro.yml', 'incus_project: a/b', 'tree-wrong-value', 16],
    [
      'group_vars/pro.yml',
      'incus_network: {name: a-name-too-long-for-a-bridge, subnet: 10.100.3.0/24, gateway: 10.100.3.254}',
      'tree-wrong-value',
      23,
    ],
    ['group_vars/pro.yml', 'incus_network: {name: br0}', 'tree-wrong-value', 16],
    ['group_vars/pro.yml', 'incus_profiles: {"a/b": {}}', 'tree-wrong-value', 25],
    [
      'group_vars/all.yml',
      'network_policies: [{from: lab, to: pro, ports: [0]}]',
      'tree-wrong-value',
      49,
    ],
    ['group_vars/all.yml', 'network_policies: {', 'tree-syntax', undefined],
  ])('places the wrong line: %s %s', async (path, line, code, column) => {
    const root = await syncedProject();
    await add(root, path, `${line}\n`);
    const [problem] = await errorsAt(root);
    expect(problem).toMatchObject({ code, place: { file: path } });
    if (column !== undefined) expect(problem?.place).toMatchObject({ column, source: line });
  });

  it('checks hand-made edits against each other, with both places', async () => {
    const root = await syncedProject();
    const { ip } = await machineAt(root, 'pro-dev');
    await add(root, 'host_vars/pro-mail.yml', `instance_ip: ${ip}\n`);
    expect(await errorsAt(root)).toMatchObject([
      {
        code: 'tree-duplicate-value',
        place: { file: 'host_vars/pro-mail.yml' },
        related: { file: 'host_vars/pro-dev.yml' },
      },
    ]);
  });

  it('names a machine without variables, and one in two domains', async () => {
    const root = await syncedProject();
    await rm(join(root, 'host_vars/pro-dev.yml'));
    expect(await errorsAt(root)).toMatchObject([
      { code: 'tree-host-without-variables', place: { file: 'inventory/pro.yml' } },
    ]);
    const other = await syncedProject();
    await put(other, 'inventory/x.yml', 'all: {children: {lab: {hosts: {pro-dev: }}}}\n');
    expect(await errorsAt(other)).toMatchObject([{ code: 'tree-machine-twice' }]);
  });

  it('warns where Ansible would see something else: a folder beside a file, a line above the section', async () => {
    const root = await syncedProject();
    await put(root, 'group_vars/lab/more.yml', 'x: 1\n');
    const text = await readFile(join(root, 'group_vars/pro.yml'), 'utf8');
    await put(root, 'group_vars/pro.yml', text.replace('---', '---\ndomain_description: mine'));
    const { desired, problems } = await readTree(root);
    expect(desired?.domains.find(({ name }) => name === 'pro')?.description).toBe('mine');
    expect(problems).toMatchObject([
      {
        code: 'tree-line-above',
        severity: 'warning',
        place: { file: 'group_vars/pro.yml', line: 2 },
      },
      { code: 'tree-file-shadowed', severity: 'warning', place: { file: 'group_vars/lab.yml' } },
    ]);
  });

  it('opens nothing for a policy that names a stranger, and says so', async () => {
    const root = await syncedProject();
    await add(
      root,
      'group_vars/all.yml',
      'network_policies: [{from: nobody, to: pro, ports: all}]\n',
    );
    const { desired, problems } = await readTree(root);
    expect(desired?.policies).toEqual([]);
    expect(problems).toMatchObject([{ code: 'tree-unknown-endpoint', severity: 'warning' }]);
  });

  it('warns of a second document and of an inventory that replaces the managed one', async () => {
    const root = await syncedProject();
    await add(root, 'group_vars/pro.yml', 'mine: 1\n---\nmore: 2\n');
    await add(root, 'inventory/pro.yml', 'all: {children: {pro: {hosts: {pro-dev: }}}}\n');
    const { desired, problems } = await readTree(root);
    expect(problems.map(({ code }) => code).sort()).toEqual([
      'tree-inventory-replaced',
      'tree-second-document',
    ]);
    expect(desired?.domains.find(({ name }) => name === 'pro')?.machines).toHaveLength(1);
  });

  it('survives aliases that repeat or contain themselves', async () => {
    const root = await syncedProject();
    const bomb = Array.from(
      { length: 30 },
      (_, i) => `b${i}: &b${i} {<<: [*b${i - 1}, *b${i - 1}]}`,
    );
    bomb[0] = 'b0: &b0 {user.x: 1}';
    await add(
      root,
      'host_vars/pro-dev.yml',
      `${bomb.join('\n')}\nloop: &loop {<<: *loop, in: *loop}\ninstance_config: *b29\n`,
    );
    expect((await machineAt(root, 'pro-dev')).config).toEqual({ 'user.x': '1' });
  });

  // Matrix: TR-304
  it('any bytes in any file give a world or placed problems', async () => {
    const root = await syncedProject();
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
      fc
        .array(
          fc.constantFrom(
            'all:',
            'instance_ip:',
            ' ',
            '\n',
            '[',
            '{',
            '}',
            '&a ',
            '*a',
            '- ',
            '!x ',
            '"',
            '|',
            '\t',
            '# === MANAGED BY infra.yml ===\n',
            '# === END MANAGED ===\n',
            '---\n',
            '<<: ',
            '? ',
            '%YAML 9\n',
            'hosts:',
          ),
          { maxLength: 25 },
        )
        .map((parts) => Buffer.from(parts.join(''))),
    );
    const paths = [
      'inventory/pro.yml',
      'group_vars/all.yml',
      'group_vars/pro.yml',
      'host_vars/pro-dev.yml',
    ];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), bytes, async (path, content) => {
        await put(root, path, content);
        const { desired, problems } = await readTree(root);
        if (!desired) expect(errorsOf(problems).length).toBeGreaterThan(0);
        for (const problem of errorsOf(problems)) expect(problem.place?.line).toBeGreaterThan(0);
        await sync(load(SAMPLE), root).catch(() => put(root, path, ''));
      }),
      { seed: 22, endOnFailure: true, numRuns: 60 },
    );
  }, 30_000);
});
