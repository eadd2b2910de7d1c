import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { anklume, incusCli, incusQuery, resultOf, uniqueName } from '../support.ts';
import { type TestProject, testProject } from './projects.ts';

const a = uniqueName('va');
const one = `${a}-one`;
let project: TestProject;
const here = (...args: string[]) => anklume(args, { cwd: project.folder });
const inside = (script: string) =>
  incusCli('exec', one, '--project', a, '--', 'sh', '-c', `${script}; sleep 0.5`);

const SIZES = { root: '300MiB', data: '300MiB' };
const TEXTS: Readonly<Record<string, string>> = {
  'environment.VERSION': '1.10',
  'environment.COUNTRY': 'no',
  'environment.MODE': 'on',
  'environment.START': '12:30',
  'environment.PIN': '0123',
  'environment.BUILD': '12345678901234567890',
  'environment.SHA': '1e10',
  'environment.HEX': '0x1F',
  'environment.DAY': '2024-01-01',
  'environment.GROUPED': '1_000',
};
/** The texts stand without quotes, the values of case 36 within them. */
const infra = (sizes = SIZES, quoted: Readonly<Record<string, string>> = {}) => `project_name: ${a}
global: { default_os_image: probe, base_subnet: "10.131" }
domains:
  ${a}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${one}:
        devices:
          root: { type: disk, path: /, pool: default, size: ${sizes.root} }
        storage_volumes:
          data: { path: /srv/data, size: ${sizes.data} }
        config:
${Object.entries(TEXTS)
  .map(([key, text]) => `          ${key}: ${text}\n`)
  .join('')}${Object.entries(quoted)
  .map(([key, text]) => `          ${key}: "${text}"\n`)
  .join('')}`;
const apply = async (text: string) => {
  await project.write(text);
  return here('apply', '--sync', '--yes');
};
interface Live {
  readonly config: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const live = () => incusQuery<Live>(`/1.0/instances/${one}?project=${a}`);

beforeAll(async () => {
  project = await testProject(infra());
  const socket = ['--socket', inject('socket')];
  expect((await here('apply', '--sync', '--yes', ...socket)).code).toBe(0);
});
afterAll(async () => {
  await here('flush', '--force', '--yes');
  await project[Symbol.asyncDispose]();
});

it('case 28: text reaches Incus, the tree and the machine as it was written', async () => {
  expect((await live()).config).toMatchObject(TEXTS);
  const said = await inside('echo "$VERSION $COUNTRY $MODE $START $PIN $SHA $HEX $DAY $GROUPED"');
  expect(said.trim()).toBe('1.10 no on 12:30 0123 1e10 0x1F 2024-01-01 1_000');
  const tree = await readFile(join(project.folder, 'host_vars', `${one}.yml`), 'utf8');
  expect(tree).toContain('environment.PIN: "0123"');
  expect(resultOf<{ entries: unknown[] }>(await here('plan', '--json')).entries).toEqual([]);
});

it('case 28: a port that is no plain number is refused where it stands, before anything is done', async () => {
  for (const port of ['20:22', '022', '8_080', '1e3', '0x50', '"0x50"', '22.0']) {
    await project.write(
      `${infra()}network_policies:\n  - { from: ${a}, to: host, ports: [${port}], protocol: tcp }\n`,
    );
    const refused = await here('apply', '--sync', '--yes');
    expect([port, refused.code]).toEqual([port, 2]);
    expect(refused.stderr).toContain(`without quotes, not ${port}.`);
  }
});

describe('case 36: values that Incus takes for text are equal only letter by letter', () => {
  it('another spelling is another value, and is applied', async () => {
    const before = { 'environment.DEBUG': 'yes', 'environment.LIST': 'a, b' };
    const first = { ...before, 'environment.SIZE': '1024', 'user.motd': 'hello ' };
    expect((await apply(infra(SIZES, first))).code).toBe(0);
    expect((await live()).config).toMatchObject(first);
    const after = { 'environment.DEBUG': '1', 'environment.LIST': 'a,b' };
    const second = { ...after, 'environment.SIZE': '1KiB', 'user.motd': 'hello' };
    expect((await apply(infra(SIZES, second))).code).toBe(0);
    expect((await live()).config).toMatchObject(second);
  }, 60_000);

  it('flags and sizes keep their spellings', async () => {
    const asIs = { 'security.guestapi': 'yes', 'limits.memory': '65536KiB' };
    expect((await apply(infra(SIZES, asIs))).code).toBe(0);
    const same = { 'security.guestapi': 'true', 'limits.memory': '64MiB' };
    await project.write(infra(SIZES, same));
    expect((await here('sync')).code).toBe(0);
    expect(resultOf<{ entries: unknown[] }>(await here('plan', '--json')).entries).toEqual([]);
  }, 60_000);
});

describe('case 31: what is made smaller than its content', () => {
  const writes = () => inside('echo x > /srv/data/new && echo x > /root/new && echo both');

  it('is refused in the plan, volume and root disk, and both can be written on', async () => {
    await inside('dd if=/dev/urandom of=/srv/data/big bs=1M count=60 2>/dev/null');
    await inside('dd if=/dev/urandom of=/root/big bs=1M count=60 2>/dev/null');
    for (const sizes of [
      { ...SIZES, data: '50MiB' },
      { ...SIZES, root: '50MiB' },
    ]) {
      const refused = await apply(infra(sizes));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/holds 6\d MiB, which does not fit into 50MiB/);
      expect((await writes()).trim()).toBe('both');
    }
    const size = await incusCli(
      'storage',
      'volume',
      'get',
      'default',
      'data',
      'size',
      '--project',
      a,
    );
    expect(size.trim()).toBe('300MiB');
    expect((await live()).devices.root?.size).toBe('300MiB');
  }, 120_000);

  it('is made smaller where its content fits', async () => {
    const applied = await apply(infra({ root: '100MiB', data: '100MiB' }));
    expect(applied.code, applied.stderr).toBe(0);
    const size = await incusCli(
      'storage',
      'volume',
      'get',
      'default',
      'data',
      'size',
      '--project',
      a,
    );
    expect([size.trim(), (await live()).devices.root?.size]).toEqual(['100MiB', '100MiB']);
    expect((await writes()).trim()).toBe('both');
  }, 60_000);
});

it('P09-03: how long a container may take to get its address is as it is set', async () => {
  await project.write(infra({ root: '100MiB', data: '100MiB' }));
  await inside('killall -STOP udhcpc; ip addr flush dev eth0');
  const measured: number[] = [];
  for (const seconds of [2, 6]) {
    const late = await here('up', '--yes', '--json', '--address-wait', String(seconds));
    expect(late.code, late.stderr).toBe(1);
    const [machine] = resultOf<{ late: { machine: string; seconds: number }[] }>(late).late;
    expect(machine).toMatchObject({ machine: one });
    expect(machine?.seconds).toBeGreaterThanOrEqual(seconds);
    measured.push(machine?.seconds ?? 0);
  }
  expect(measured[0]).toBeLessThan(measured[1] ?? 0);
  const wrong = await here('up', '--yes', '--address-wait', '0');
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('--address-wait') });
}, 120_000);
