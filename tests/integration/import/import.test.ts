import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import { deleteSandbox, type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { type TestProject, testProject } from '../cli/projects.ts';
import { ensureAnsible } from '../provision/world.ts';
import { anklume, uniqueName } from '../support.ts';

const name = uniqueName('import-');
let home: string;
let sandbox: Sandbox;
let first: TestProject;
let second: TestProject;

const incus = async (...args: string[]) =>
  (await run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } })).stdout;
const at = (project: TestProject, ...args: string[]) =>
  anklume(args, {
    cwd: project.folder,
    env: { ANKLUME_HOME: home, INCUS_SOCKET: sandbox.socket },
  });

const OWN = `project_name: own
global: {base_subnet: "10.214", default_os_image: probe}
domains:
  pro:
    description: "Travail : # rien"
    subnet_id: 3
    trust_level: trusted
    profiles:
      small: {config: {limits.memory: 64MiB, user.small: x}, devices: {shm: {type: disk, source: /etc, path: /mnt, readonly: true}}}
    machines:
      pro-dev:
        ip: 10.214.3.7
        description: "yes"
        profiles: [default, small]
        config: {user.note: "a\\nb", limits.processes: 500}
        storage_volumes: {data: {path: /data, config: {user.k: v}}}
        boot_priority: 7
        snapshots_schedule: "0 6 * * *"
        snapshots_expiry: 60m
      pro-out: {ephemeral: true, devices: {none0: {type: none}}}
  laboratory-of-mine: {subnet_id: 4, ephemeral: true, internet: false, machines: {lab-one: {}}}
  empty: {subnet_id: 5}
`;

/** All that the daemon says of its objects, but for the lists of who uses what, whose order means nothing. */
async function everything(): Promise<unknown> {
  const lists = ['instances', 'profiles', 'networks', 'projects'];
  const pools = ['storage-pools/default/volumes'];
  const found = await Promise.all(
    [...lists, ...pools].map(async (list) => {
      const all = list === 'networks' || list === 'projects' ? '' : '&all-projects=true';
      return JSON.parse(await incus('query', `/1.0/${list}?recursion=1${all}`)) as object[];
    }),
  );
  return found.flat().map(({ used_by: _, ...object }: { used_by?: unknown }) => object);
}

/** Syncs and applies a project; what the daemon holds must be the same before and after. */
async function changesNothing(project: TestProject) {
  const before = await everything();
  const sync = await at(project, 'sync');
  expect(sync.code, sync.stderr).toBe(0);
  const plan = await at(project, 'plan', '--exit-code');
  expect(plan.code, plan.stdout).toBe(0);
  const apply = await at(project, 'apply', '--yes', '--json');
  expect(apply.code, apply.stderr).toBe(0);
  expect(JSON.parse(apply.stdout)).toMatchObject({ done: 0, failed: 0 });
  expect(await everything()).toEqual(before);
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  sandbox = await startSandbox(name);
  [first, second] = [await testProject(OWN), await testProject()];
  await incus('image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
  await incus('network', 'create', 'Odd_br.9', 'ipv4.address=172.30.9.1/26', 'ipv6.address=none');
  await incus('profile', 'device', 'add', 'default', 'root', 'disk', 'path=/', 'pool=default');
  await incus('profile', 'device', 'add', 'default', 'net', 'nic', 'network=Odd_br.9');
  const features = ['images', 'networks', 'profiles', 'storage.volumes'];
  await incus(
    ...['project', 'create', 'Hand.Made'],
    ...features.flatMap((one) => ['-c', `features.${one}=false`]),
  );
  await incus('profile', 'create', 'loud');
  await incus('profile', 'set', 'loud', 'user.loud=yes');
  await incus('launch', 'probe', 'web', '-p', 'default', '-p', 'loud', '--quiet');
  await incus('config', 'device', 'override', 'web', 'net', 'ipv4.address=172.30.9.9');
  await incus(
    'config',
    'device',
    'add',
    'web',
    'spool',
    'disk',
    'source=/etc',
    'path=/spool',
    'readonly=true',
  );
  await incus('create', 'probe', 'App-1', '--project', 'Hand.Made', '--quiet');
  await incus('config', 'set', 'App-1', 'security.privileged=true', '--project', 'Hand.Made');
  // The same name as a machine of ours will have.
  await incus('create', 'probe', 'pro-dev', '--quiet');
});
afterAll(async () => {
  await deleteSandbox(name);
  for (const project of [first, second]) await project?.[Symbol.asyncDispose]();
  await rm(home, { recursive: true, force: true });
});

// Matrix: DD-104
it('P16-21: a hand-made Incus is described, and applied the file changes nothing', async () => {
  const imported = await at(second, 'import', '--out', 'infra.yml', '--json');
  expect(imported.code, imported.stderr).toBe(0);
  expect(JSON.parse(imported.stdout)).toMatchObject({ counts: { machines: 0, described: 3 } });
  const text = await readFile(join(second.folder, 'infra.yml'), 'utf8');
  for (const word of ['web:', 'instance: App-1', 'managed: false', 'loud', '172.30.9.9'])
    expect(text).toContain(word);
  expect(text).toContain('network:Odd_br.9');
  await changesNothing(second);

  const { stdout } = await at(second, 'status', '--json');
  expect(JSON.parse(stdout).machines).toMatchObject([
    { machine: 'pro-dev', state: 'Stopped', managed: false },
    { machine: 'web', state: 'Running', managed: false },
    { instance: 'App-1', project: 'Hand.Made', state: 'Stopped', managed: false },
  ]);
});

it('never writes over a file without asking', async () => {
  const path = join(second.folder, 'infra.yml');
  await writeFile(path, '# mine\n');
  const refused = await at(second, 'import', '--out', 'infra.yml');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('Replace');
  expect(await readFile(path, 'utf8')).toBe('# mine\n');
});

it('P16-24: our own world beside it is declared again, and applied it changes nothing', async () => {
  for (const words of [['sync'], ['apply', 'infra', '--yes']]) {
    const done = await at(first, ...words);
    expect(done.code, done.stderr).toBe(0);
  }
  const imported = await at(second, 'import', '--out', 'infra.yml', '--yes', '--json');
  expect(imported.code, imported.stderr).toBe(0);
  const told = JSON.parse(imported.stdout);
  expect(told).toMatchObject({
    projectName: 'own',
    counts: { domains: 3, machines: 3, described: 3 },
  });
  const codes = told.left.map(({ code }: { code: string }) => code);
  expect(codes).not.toContain('apply-would-change');
  expect(codes).toContain('unknown-to-incus');
  await changesNothing(second);
  // Settings that Incus keeps are the same as in the first file; a name that was taken got another.
  const text = await readFile(join(second.folder, 'infra.yml'), 'utf8');
  for (const word of ['boot_priority: 7', '60m', 'default-project-pro-dev:', 'internet: false'])
    expect(text).toContain(word);
});

it('P16-24: what was set by hand stays and is told', async () => {
  await incus('config', 'set', 'pro-out', 'boot.host_shutdown_timeout=99', '--project', 'pro');
  const imported = await at(second, 'import', '--json');
  const { left, text } = JSON.parse(imported.stdout);
  expect(left).toContainEqual(
    expect.objectContaining({ code: 'set-by-hand', id: 'instance:pro/pro-out' }),
  );
  await second.write(text);
  await changesNothing(second);
});

/** Prints everything that Ansible knows of every host, in the ways that plays do. */
const PRINTS = `- hosts: all
  connection: local
  gather_facts: false
  tasks:
    - {debug: {var: "hostvars[inventory_hostname]"}}
    - {debug: {msg: "{{ instance_description }} {{ incus_profiles | default({}) }} {{ described_machines }}"}}
    - {debug: {msg: "{{ item.key }} {{ item.value }} {{ indirect }}"}, vars: {indirect: "{{ item.key }}"}, loop: "{{ instance_config | default({}) | dict2items }}"}
    - {set_fact: {joined: "{{ '{' ~ instance_description }}", kept: "{{ instance_config | default({}) }}"}}
    - {debug: {msg: "{{ joined }} {{ kept }}"}}
    - {copy: {content: "{{ hostvars[inventory_hostname] | to_nice_yaml }}", dest: "{{ playbook_dir }}/shown-{{ inventory_hostname }}"}}
`;

it('B07-04: no play that prints what an import brought in runs any of it', async () => {
  await ensureAnsible();
  const seen = await mkdtemp(join(tmpdir(), 'anklume-seen-'));
  let lookups = 0;
  const lookup = () => `{ lookup('pipe', 'touch ${seen}/${++lookups}') }}`;
  const evil = () => `{${lookup()}`;
  await incus('config', 'set', 'pro-dev', `user.note=${evil()}`, '--project', 'pro');
  for (const [path, description] of [
    ['instances/pro-dev?project=pro', evil()],
    ['instances/pro-out?project=pro', lookup()],
    ['instances/web', `x\n{% if 1 %}${evil()}{% endif %}`],
    ['projects/pro', evil()],
    ['instances/App-1?project=Hand.Made', evil()],
  ])
    await incus('query', '-X', 'PATCH', '-d', JSON.stringify({ description }), `/1.0/${path}`);
  await incus('profile', 'set', 'small', `user.small=${evil()}`, '--project', 'pro');
  await incus(
    'storage',
    'volume',
    'set',
    'default',
    'data',
    `user.k=${evil()}`,
    '--project',
    'pro',
  );

  const imported = await at(second, 'import', '--out', 'infra.yml', '--yes');
  expect(imported.code, imported.stderr).toBe(0);
  const sync = await at(second, 'sync');
  expect(sync.code, sync.stderr).toBe(0);
  await writeFile(join(second.folder, 'prints.yml'), PRINTS);
  const argv = ['ansible-playbook', '-i', 'inventory', 'prints.yml'];
  const { stdout } = await run(argv, { cwd: second.folder, env: { LC_ALL: 'C.UTF-8' } });
  const told = `${stdout}${await readFile(join(second.folder, 'group_vars/all.yml'), 'utf8')}`;
  // Each is there to be run, and none was.
  for (let n = 1; n <= lookups; n += 1) expect(told).toContain(`touch ${seen}/${n}'`);
  expect(await readdir(seen)).toEqual([]);
  await rm(seen, { recursive: true });
});

const OLD = `project_name: old
global: {base_subnet: "10.215", default_os_image: probe}
domains:
  old:
    subnet_id: 7
    machines:
      old-dev: {ip: 10.215.7.10}
`;

it('B07-07: a world that the roles of the system before made is taken over as it is found, grows and goes', async () => {
  await using project = await testProject(OLD);
  const there = ['--project', 'old'];
  await incus(
    'project',
    'create',
    'old',
    '-c',
    'features.images=true',
    '-c',
    'features.networks=false',
  );
  await incus('image', 'import', '--quiet', await probeImage(), '--alias', 'probe', ...there);
  const bridge = ['ipv4.address=10.215.7.254/24', 'ipv4.nat=true', 'ipv6.address=none'];
  await incus('network', 'create', 'net-old', ...bridge);
  const device = ['profile', 'device', 'add', 'default'];
  await incus(...device, 'root', 'disk', 'pool=default', 'path=/', ...there);
  await incus(...device, 'eth0', 'nic', 'network=net-old', 'name=eth0', ...there);
  const nic = ['-d', 'eth0,ipv4.address=10.215.7.10'];
  const kept = ['-c', 'security.protection.delete=true', '-c', 'boot.autostart=true'];
  await incus('launch', 'probe', 'old-dev', ...there, ...nic, ...kept, '--quiet');
  await incus('exec', 'old-dev', ...there, '--', 'sh', '-c', 'echo kept > /root/data');
  const uuid = async () => incus('config', 'get', 'old-dev', 'volatile.uuid', ...there);
  const before = await uuid();

  expect((await at(project, 'sync')).code).toBe(0);
  const plan = await at(project, 'plan');
  expect(plan.stdout).toContain('take it over with --adopt');
  const taken = await at(project, 'apply', 'infra', '--adopt', '--yes', '--no-isolation');
  expect(taken.code, taken.stderr + taken.stdout).toBe(0);
  expect(await uuid()).toBe(before);
  expect(await incus('file', 'pull', 'old-dev/root/data', '-', ...there)).toBe('kept');
  expect(await incus('project', 'get', 'old', 'features.images')).toBe('true');
  const again = await at(project, 'plan', '--exit-code');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Nothing to do')]);
  const imported = await at(second, 'import', '--project-name', 'old', '--json');
  expect(JSON.parse(imported.stdout).text).toContain('ip: 10.215.7.10');

  // Two machines at once whose image stands in the default project alone.
  const [{ fingerprint = '' } = {}] = JSON.parse(
    await incus('query', '/1.0/images?recursion=1&project=old'),
  ) as { fingerprint: string }[];
  await incus('image', 'delete', fingerprint, ...there);
  await project.write(`${OLD}      old-one: {}\n      old-two: {}\n`);
  const grown = await at(project, 'apply', 'infra', '--sync', '--yes', '--no-isolation');
  expect(grown.code, grown.stderr + grown.stdout).toBe(0);
  expect(await incus('image', 'list', ...there, '-f', 'csv', '-c', 'l')).toBe('probe');

  // An image that stands nowhere else is not thrown away with the project.
  await incus('stop', 'old-two', ...there, '--force');
  await incus('publish', 'old-two', ...there, '--alias', 'mine', '--quiet');
  const stays = await at(project, 'flush', '--force', '--yes');
  expect([stays.code, stays.stdout + stays.stderr]).toEqual([
    1,
    expect.stringContaining("The project 'old' stays: it has images of its own (mine)"),
  ]);
  expect(await incus('image', 'list', ...there, '-f', 'csv', '-c', 'l')).toContain('mine');
  await incus('image', 'delete', 'mine', ...there);
  const flushed = await at(project, 'flush', '--force', '--yes');
  expect(flushed.code, flushed.stderr).toBe(0);
  expect(await incus('project', 'list', '-f', 'csv')).not.toMatch(/^old,/m);
  expect(await incus('image', 'list', '-f', 'csv', '-c', 'l')).toContain('probe');
});
