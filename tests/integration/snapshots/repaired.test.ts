import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestProject, testProject } from '../cli/projects.ts';
import { removeDomains } from '../engine/daemon.ts';
import { anklume, incusCli, incusQuery, inSandbox, uniqueName } from '../support.ts';
import {
  configOf,
  DIR_POOL,
  dataOf,
  dirPool,
  makeData,
  onHost,
  type Placed,
  snapshotsOf,
  spoil,
  statusOf,
} from './world.ts';

const domain = uniqueName('rp');
const one: Placed = { project: domain, name: `${domain}-1` };
const plain: Placed = { project: domain, name: `${domain}-2`, pool: DIR_POOL };
const template: Placed = { project: domain, name: `${domain}-3` };
const renewed: Placed = { project: domain, name: `${domain}-4` };
let project: TestProject;
const here = (...words: string[]) => anklume(words, { cwd: project.folder });
const must = async (...words: string[]) => {
  const { code, stdout, stderr } = await here(...words);
  expect(code, `${words.join(' ')}:\n${stdout}${stderr}`).toBe(0);
  return `${stdout}${stderr}`;
};
const incus = (...words: string[]) => incusCli(...words, '--project', domain);

const infra = (limits: number) =>
  `project_name: ${domain}\nglobal: { base_subnet: "10.244", default_os_image: probe }\n` +
  `domains:\n  ${domain}:\n    subnet_id: 1\n    ephemeral: true\n    machines:\n` +
  `      ${one.name}: { config: { limits.processes: "${limits}" } }\n` +
  `      ${plain.name}: { devices: { root: { type: disk, path: /, pool: ${DIR_POOL} } } }\n` +
  `      ${template.name}: {}\n` +
  `      ${renewed.name}: { ceilings: { inotify: false } }\n`;

beforeAll(async () => {
  await dirPool();
  project = await testProject(infra(300));
  await must('apply', 'infra', '--sync', '--yes');
});
afterAll(async () => {
  await here('history', 'delete', '--keep', '0', '--yes');
  await removeDomains(domain);
  await project[Symbol.asyncDispose]();
});

describe('B07-02: a snapshot that has a record and no volume, as a killed daemon leaves it', () => {
  const phantom = async ({ name }: Placed) => {
    await incus('snapshot', 'create', name, 'phantom');
    const forget = `DELETE FROM storage_volumes_snapshots WHERE name = 'phantom'`;
    await incusCli('admin', 'sql', 'global', forget);
    await expect(incus('config', 'set', name, 'user.note=x')).rejects.toThrow(/record count/);
  };

  it.each<[string, () => Promise<unknown>]>([
    ['snapshot create', () => must('snapshot', 'create', one.name, 'good')],
    ['snapshot create of that name', () => must('snapshot', 'create', one.name, 'phantom')],
    ['snapshot restore', () => must('snapshot', 'restore', one.name, 'good', '--yes')],
    ['snapshot delete', () => must('snapshot', 'delete', one.name, 'good', '--yes')],
    ['instance restart', () => must('instance', 'restart', one.name, '--yes')],
    [
      'apply',
      async () => {
        await project.write(infra(301));
        await must('apply', 'infra', '--sync', '--yes');
      },
    ],
    ['instance delete', () => must('instance', 'delete', one.name, '--yes')],
    [
      'rollback',
      async () => {
        await must('rollback', '--yes');
        expect(await statusOf(one)).toBe('Running');
      },
    ],
  ])('%s goes through, and it is gone', async (command, work) => {
    if (command === 'rollback') {
      const [trashed = ''] = (
        await incusQuery<{ name: string; config: Record<string, string> }[]>(
          '/1.0/instances?recursion=1&project=anklume-trash',
        )
      ).flatMap(({ name, config }) => (config['user.anklume.aside-of'] === domain ? [name] : []));
      await incusCli('snapshot', 'create', trashed, 'phantom', '--project', 'anklume-trash');
      const forget = `DELETE FROM storage_volumes_snapshots WHERE name = 'phantom'`;
      await incusCli('admin', 'sql', 'global', forget);
    } else {
      await incus('snapshot', 'delete', one.name, 'phantom').catch(() => '');
      await phantom(one);
    }
    await work();
    if (command === 'instance delete') return;
    const left = (await snapshotsOf(one)).filter((name) => name === 'phantom');
    expect(left).toHaveLength(command.endsWith('that name') ? 1 : 0);
    await incus('config', 'set', one.name, 'user.note=x');
  });

  it('going back to it touches nothing: the machine is not even stopped', async () => {
    await phantom(one);
    const started = (await configOf(one))['volatile.uuid.generation'];
    const { code, stdout } = await here('snapshot', 'restore', one.name, 'phantom', '--yes');
    expect(code).toBe(1);
    expect(stdout).toContain('is not whole');
    expect(await statusOf(one)).toBe('Running');
    expect((await configOf(one))['volatile.uuid.generation']).toBe(started);
    await must('snapshot', 'delete', one.name, 'phantom', '--yes');
  });
});

describe('B07-02: a snapshot that was cut off half-way, on a driver that copies files', () => {
  const UNFINISHED = '9999-12-31T23:59:59Z';
  const cut = async (name: string) => {
    await incus('snapshot', 'create', plain.name, name);
    const path = `/1.0/instances/${plain.name}/snapshots/${name}?project=${domain}`;
    const body = JSON.stringify({ expires_at: UNFINISHED });
    await incusCli('query', '-X', 'PATCH', path, '-d', body);
    const folder = onHost(plain, '').replace('/containers/', '/containers-snapshots/');
    await inSandbox('rm', '-rf', `${folder.replace(/rootfs$/, '')}${name}/rootfs/data`);
  };

  it('is never gone back to, says what it is, and gives its name up', async () => {
    await makeData(plain, 50);
    const data = await dataOf(plain);
    await cut('half');
    const listed = await here('snapshot', 'list', plain.name);
    expect(listed.stdout).toMatch(/half.*not whole/);
    const back = await here('snapshot', 'restore', plain.name, 'half', '--yes');
    expect(back.code).toBe(1);
    expect(await dataOf(plain)).toBe(data);
    await must('snapshot', 'create', plain.name, 'half');
    await spoil(plain);
    await must('snapshot', 'restore', plain.name, 'half', '--yes');
    expect(await dataOf(plain)).toBe(data);
  });

  it('and its machine, which the daemon froze for it, runs again', async () => {
    await cut('frozen');
    await incus('pause', plain.name);
    await must('snapshot', 'create', plain.name, 'next');
    expect(await statusOf(plain)).toBe('Running');
    expect(await snapshotsOf(plain)).not.toContain('frozen');
    // One that somebody froze stays so.
    await incus('pause', plain.name);
    await must('snapshot', 'create', plain.name, 'cold');
    expect(await statusOf(plain)).toBe('Frozen');
    await incus('resume', plain.name);
  });
});

describe('B07-02: the interface of the host that a killed start leaves', () => {
  const leave = async ({ name }: Placed) => {
    await incus('stop', '--force', name).catch(() => '');
    const { expanded_devices: devices } = await incusQuery<{
      expanded_devices: Record<string, Record<string, string>>;
    }>(`/1.0/instances/${name}?project=${domain}`);
    const [link = '', other = ''] = [devices.eth0?.host_name, `rp${domain}`.slice(0, 15)];
    await inSandbox('ip', 'link', 'add', link, 'type', 'veth', 'peer', 'name', other);
    await expect(incus('start', name)).rejects.toThrow();
  };

  it('is in the way of no start', async () => {
    await leave(one);
    await must('instance', 'start', one.name);
    expect(await statusOf(one)).toBe('Running');
    await leave(one);
    await must('instance', 'restart', one.name, '--yes');
    expect(await statusOf(one)).toBe('Running');
    await leave(one);
    await must('apply', 'infra', '--yes');
    expect(await statusOf(one)).toBe('Running');
  });

  it('nor of golden create, update and derive', async () => {
    await must('golden', 'create', template.name, '--yes');
    await leave(template);
    await must('golden', 'update', template.name, '--yes');
    expect(await statusOf(template)).toBe('Stopped');
  });
});

describe('B07-02: a restore that was cut off', () => {
  it('is done again before the machine is started, whoever starts it', async () => {
    const data = await dataOf(plain);
    await must('snapshot', 'create', plain.name, 'whole');
    await incus('stop', '--force', plain.name);
    // The daemon was killed while it copied: the mark is there, the disk a mixture.
    await spoil(plain);
    await incus('config', 'set', plain.name, 'user.anklume.restoring=whole');
    await must('instance', 'start', plain.name);
    expect(await dataOf(plain)).toBe(data);
    expect((await configOf(plain))['user.anklume.restoring'] ?? '').toBe('');
  });

  it('of one that runs all the same is not: somebody works in it', async () => {
    await incus('config', 'set', plain.name, 'user.anklume.restoring=whole');
    await inSandbox('touch', onHost(plain, '/data/late'));
    await must('snapshot', 'create', plain.name, 'later');
    await inSandbox('stat', onHost(plain, '/data/late'));
    expect((await configOf(plain))['user.anklume.restoring'] ?? '').toBe('');
  });

  it.each(['before', 'after'])(
    'in a btrfs pool, %s the new disk was made, fails no later one',
    async (moment) => {
      const disk = onHost(one, '').replace(/\/rootfs$/, '');
      await makeData(one, 50);
      const data = await dataOf(one);
      await must('snapshot', 'create', one.name, `btrfs-${moment}`);
      await incus('stop', '--force', one.name);
      if (moment === 'before') await inSandbox('mv', disk, `${disk}.incustmp`);
      else await inSandbox('btrfs', 'subvolume', 'snapshot', disk, `${disk}.incustmp`);
      await must('snapshot', 'restore', one.name, `btrfs-${moment}`, '--yes');
      expect(await dataOf(one)).toBe(data);
      await expect(inSandbox('stat', `${disk}.incustmp`)).rejects.toThrow();
      await must('instance', 'start', one.name);
      await inSandbox('rm', '-rf', onHost(one, '/data'));
    },
  );
});

describe('B06-02: a container that Incus has forgotten the users of', () => {
  /** As `incus rebuild` leaves one that never ran. */
  const forget = async () => {
    await incus('stop', '--force', renewed.name).catch(() => '');
    await incus('rebuild', 'probe', renewed.name);
    const ids = `SELECT id FROM instances WHERE name = '${renewed.name}'`;
    const keys = `'volatile.idmap.current', 'volatile.last_state.idmap'`;
    const sql = `DELETE FROM instances_config WHERE instance_id IN (${ids}) AND key IN (${keys})`;
    await incusCli('admin', 'sql', 'global', sql);
  };
  const rootIs = async () => {
    const { pid } = await incusQuery<{ pid: number }>(
      `/1.0/instances/${renewed.name}/state?project=${domain}`,
    );
    return Number((await inSandbox('cat', `/proc/${pid}/uid_map`)).trim().split(/\s+/)[1]);
  };

  it('and started by hand, as root of the host, is named everywhere; a restart mends it', async () => {
    await forget();
    await incus('start', renewed.name);
    expect(await rootIs()).toBe(0);
    expect((await here('status')).stdout).toContain('drift');
    const plan = await here('plan', '--exit-code');
    expect(plan.code).toBe(3);
    expect(plan.stdout).toContain(`'${renewed.name}' runs as root of the host itself`);
    const proof = await here('prove', '--json');
    expect(proof.code).toBe(1);
    expect(proof.stdout).toContain('idmap-host-root');
    await must('instance', 'restart', renewed.name, '--yes');
    expect(await rootIs()).toBeGreaterThan(1_000_000);
    expect((await here('plan', '--exit-code')).stdout).not.toContain('root of the host');
  });

  it.each([
    ['instance', 'start', renewed.name],
    ['apply', 'infra', '--yes'],
  ])('is not started so by %s %s', async (...words) => {
    await forget();
    await must(...words);
    expect(await rootIs()).toBeGreaterThan(1_000_000);
  });
});
