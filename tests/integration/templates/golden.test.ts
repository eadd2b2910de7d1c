import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureParts, fileIn, inside, projectOf, write } from '../provision/world.ts';
import { anklume, clearAway, incusCli, incusQuery, resultOf, uniqueName } from '../support.ts';

const tag = uniqueName('g');
const alias = `${tag}/web`;

/** `notes` is a folder of the host that a profile shows in every machine that has it. */
const infra = (machines = '', notes = '') => `project_name: ${tag}
global: { base_subnet: "10.79", default_os_image: "images:debian/13" }
domains:
  ${tag}:
    subnet_id: 1
    ephemeral: true
    profiles:
      shared: ${notes === '' ? '{}' : `{ devices: { notes: { type: disk, source: ${notes}, path: /srv/notes, readonly: true } } }`}
    machines:
      ${tag}-t: { roles: [web], profiles: [default, shared] }
      ${tag}-1: { ip: 10.79.1.11, profiles: [default, shared] }
      ${tag}-2: { ip: 10.79.1.12, profiles: [default, shared] }
${machines}`;

/** A package, a service and SSH host keys, without the network; the key's maker stands in for OpenSSH's. */
const role = (page: string) => `---
- name: Install a package
  ansible.builtin.shell: |
    set -e
    mkdir -p /root/hello/DEBIAN
    printf 'Package: hello-golden\\nVersion: 1.0\\nArchitecture: all\\nMaintainer: nobody <nobody@example.org>\\nDescription: test\\n' >/root/hello/DEBIAN/control
    dpkg-deb --build /root/hello /root/hello.deb
    dpkg -i /root/hello.deb
    mkdir -p /etc/ssh
    printf '#!/bin/sh\\n[ -e /etc/ssh/ssh_host_ed25519_key ] || head -c 32 /dev/urandom | base64 >/etc/ssh/ssh_host_ed25519_key\\n' >/usr/bin/ssh-keygen
    chmod 755 /usr/bin/ssh-keygen
    ssh-keygen -A
  args: { creates: /root/hello.deb }
- name: Write the page
  ansible.builtin.copy: { content: "${page}\\n", dest: /srv/index.html, mode: "0644" }
- name: Write the service
  ansible.builtin.copy:
    dest: /etc/systemd/system/web.service
    mode: "0644"
    content: |
      [Service]
      ExecStart=/usr/bin/python3 -m http.server -d /srv 8000
      [Install]
      WantedBy=multi-user.target
- name: Enable it
  ansible.builtin.command: systemctl enable --now web.service
  args: { creates: /etc/systemd/system/multi-user.target.wants/web.service }
`;

interface Made {
  readonly made: boolean;
  readonly version: string;
}
interface Listed {
  readonly templates: readonly {
    readonly machine: string;
    readonly version: string;
    readonly images: readonly { readonly aliases: readonly string[]; readonly outdated: boolean }[];
    readonly machines: readonly {
      readonly machine: string;
      readonly by: string;
      readonly outdated: boolean;
    }[];
  }[];
}

describe('a golden template', () => {
  let folder = '';
  const [template, one, two, three] = ['t', '1', '2', '3'].map((name) => `${tag}-${name}`) as [
    string,
    string,
    string,
    string,
  ];
  const run = (...words: string[]) => anklume([...words, '--json'], { cwd: folder });
  const good = async <T>(...words: string[]): Promise<T> => {
    const outcome = await run(...words);
    expect(outcome.code, outcome.stderr).toBe(0);
    return resultOf<T>(outcome);
  };
  const stateOf = async (machine: string) =>
    (await incusQuery<{ status: string }>(`/1.0/instances/${machine}?project=${tag}`)).status;
  beforeAll(async () => {
    await ensureParts();
    folder = await projectOf({
      'infra.yml': infra(),
      'roles_custom/web/tasks/main.yml': role('first'),
    });
    await good('sync');
  }, 600_000);
  afterAll(async () => {
    await clearAway(folder, [tag]);
    await incusCli('image', 'delete', alias).catch(() => undefined);
  }, 300_000);

  it('P20b-01: is provisioned with its roles, stopped, and kept in the snapshot pristine; again is safe', async () => {
    const { made, version } = await good<Made>('golden', 'create', template);
    expect(made).toBe(true);
    expect(await stateOf(template)).toBe('Stopped');
    const names = await incusQuery<string[]>(`/1.0/instances/${template}/snapshots?project=${tag}`);
    expect(names.map((path) => path.split('?')[0]?.split('/').at(-1))).toEqual(['pristine']);
    expect(await fileIn(tag, template, '/var/lib/dpkg/status')).toContain('Package: hello-golden');
    expect(await good<Made>('golden', 'create', template)).toMatchObject({ made: false, version });
    expect(await stateOf(template)).toBe('Stopped');
  }, 600_000);

  it('P20b-06: its machines boot with an id, a name, keys and an address of their own, and its services run', async () => {
    await good('golden', 'derive', template, one);
    await good('golden', 'derive', template, two);
    for (const [machine, ip] of [
      [one, '10.79.1.11'],
      [two, '10.79.1.12'],
    ] as const) {
      await expect
        .poll(() => inside(tag, machine, 'systemctl', 'is-active', 'web').catch(() => ''), {
          timeout: 120_000,
        })
        .toContain('active');
      await expect
        .poll(() => inside(tag, machine, 'ip', '-4', 'addr', 'show', 'eth0'), { timeout: 60_000 })
        .toContain(`${ip}/24`);
      expect((await inside(tag, machine, 'hostname')).trim()).toBe(machine);
      expect(await fileIn(tag, machine, '/srv/index.html')).toBe('first');
    }
    for (const path of ['/etc/machine-id', '/etc/ssh/ssh_host_ed25519_key']) {
      const own = await Promise.all([template, one, two].map((name) => fileIn(tag, name, path)));
      expect(new Set(own).size, path).toBe(3);
      for (const text of own) expect(text?.length, path).toBeGreaterThan(20);
    }
  }, 600_000);

  it('is left stopped by apply, whatever its part', async () => {
    await good('apply');
    await good('apply', 'provision');
    expect(await stateOf(template)).toBe('Stopped');
    expect(resultOf(await run('plan'))).toMatchObject({ entries: [] });
  }, 600_000);

  it('P20b-04: a profile that changes shows in all running machines that have it', async () => {
    const notes = join(folder, 'notes');
    await mkdir(notes);
    await writeFile(join(notes, 'today'), 'walls hold\n');
    for (const machine of [one, two])
      expect(await fileIn(tag, machine, '/srv/notes/today')).toBeUndefined();
    await write(folder, { 'infra.yml': infra('', notes) });
    await good('apply', 'infra', '--sync');
    for (const machine of [one, two]) {
      expect((await inside(tag, machine, 'cat', '/srv/notes/today')).trim()).toBe('walls hold');
      expect(await stateOf(machine)).toBe('Running');
    }
    await write(folder, { 'infra.yml': infra() });
    await good('apply', 'infra', '--sync');
  }, 300_000);

  it('P20b-03, P20b-07: is published as an image that machines of infra.yml are made from', async () => {
    await good('golden-publish', template, alias);
    const images = JSON.parse(
      await incusCli('image', 'list', alias, '--format', 'json'),
    ) as unknown[];
    expect(images).toHaveLength(1);
    await incusCli('launch', alias, `${tag}-x`, '--project', tag);
    expect(await stateOf(`${tag}-x`)).toBe('Running');
    await incusCli('delete', '--force', '--project', tag, `${tag}-x`);
    await write(folder, {
      'infra.yml': infra(`      ${three}: { ip: 10.79.1.13, os_image: "local:${alias}" }\n`),
    });
    await good('apply', '--sync');
    expect(await stateOf(three)).toBe('Running');
    await expect
      .poll(() => inside(tag, three, 'systemctl', 'is-active', 'web').catch(() => ''), {
        timeout: 120_000,
      })
      .toContain('active');
    const ids = [one, three].map((name) => fileIn(tag, name, '/etc/machine-id'));
    expect(new Set(await Promise.all(ids)).size).toBe(2);
    expect(await good<Made>('golden', 'publish', template, alias)).toMatchObject({ made: false });
  }, 600_000);

  it('tells after an update which machines and images are of an older state', async () => {
    const seen = () => good<Listed>('golden', 'list');
    const outdated = ({ templates }: Listed) =>
      templates.flatMap(({ machines }) =>
        machines.map((one) => [one.machine, one.by, one.outdated]),
      );
    expect(outdated(await seen())).toEqual([
      [one, 'copy', false],
      [two, 'copy', false],
      [three, 'image', false],
    ]);
    // Nothing has changed, and to find that out is no change either.
    for (let round = 0; round < 2; round += 1)
      expect(await good<Made>('golden', 'update', template)).toMatchObject({ made: false });
    await write(folder, { 'roles_custom/web/tasks/main.yml': role('second') });
    expect(await good<Made>('golden', 'update', template)).toMatchObject({ made: true });
    expect(await stateOf(template)).toBe('Stopped');
    await incusCli('delete', '--force', '--project', tag, two);
    await good('golden', 'derive', template, two);
    expect(await fileIn(tag, two, '/srv/index.html')).toBe('second');
    expect(await fileIn(tag, one, '/srv/index.html')).toBe('first');
    expect(outdated(await seen())).toEqual([
      [one, 'copy', true],
      [two, 'copy', false],
      [three, 'image', true],
    ]);
    expect((await run('golden', 'list', '--exit-code')).code).toBe(3);
    const before = await incusQuery<{ target: string }>(
      `/1.0/images/aliases/${encodeURIComponent(alias)}`,
    );
    await good('golden', 'publish', template, alias);
    const { templates } = await seen();
    expect(templates[0]?.images).toEqual([expect.objectContaining({ outdated: false })]);
    await expect(incusQuery(`/1.0/images/${before.target}`)).rejects.toThrow();
  }, 600_000);

  it('becomes a machine like any other when it is released', async () => {
    await good('golden', 'delete', template);
    await good('apply', 'infra');
    expect(await stateOf(template)).toBe('Running');
  }, 300_000);
});
