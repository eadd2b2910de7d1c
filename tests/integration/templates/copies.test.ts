import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fileIn, inside, projectOf } from '../provision/world.ts';
import {
  anklume,
  clearAway,
  incusCli,
  incusQuery,
  inSandbox,
  resultOf,
  uniqueName,
} from '../support.ts';

const tag = uniqueName('t');
const pool = `${tag}-dir`;
const MEGABYTE = 1024 ** 2;

/** One domain on both kinds of pools. `far` is more trusted. */
const infra = `project_name: ${tag}
global: { base_subnet: "10.78", default_os_image: probe }
domains:
  ${tag}:
    subnet_id: 1
    ephemeral: true
    trust_level: untrusted
    machines:
      ${tag}-cow: { ip: 10.78.1.1 }
      ${tag}-full: { ip: 10.78.1.2, devices: { root: { type: disk, path: /, pool: ${pool} } } }
      ${tag}-one: { ip: 10.78.1.11 }
      ${tag}-two: { ip: 10.78.1.12, devices: { root: { type: disk, path: /, pool: ${pool} } } }
`;

interface Derived {
  readonly made: boolean;
  readonly ip: string;
  readonly declared: boolean;
}

describe('machines derived from a template', () => {
  let folder = '';
  const run = (...words: string[]) => anklume([...words, '--json'], { cwd: folder });
  const [cow, full, one, two, loose] = ['cow', 'full', 'one', 'two', 'loose'].map(
    (name) => `${tag}-${name}`,
  ) as [string, string, string, string, string];
  const stateOf = async (machine: string) =>
    (await incusQuery<{ status: string }>(`/1.0/instances/${machine}?project=${tag}`)).status;

  beforeAll(async () => {
    await incusCli('storage', 'create', pool, 'dir');
    folder = await projectOf({ 'infra.yml': infra });
    const made = await run('apply', '--sync', '--limit', cow);
    expect(made.code, made.stderr).toBe(0);
    expect((await run('apply', '--limit', full)).code).toBe(0);
    await inside(tag, cow, 'dd', 'if=/dev/urandom', 'of=/root/data', 'bs=1M', 'count=300');
    await inside(tag, full, 'dd', 'if=/dev/urandom', 'of=/root/data', 'bs=1M', 'count=300');
    for (const machine of [cow, full])
      await inside(tag, machine, 'sh', '-c', 'echo kept >/root/word');
  }, 300_000);
  afterAll(async () => {
    await clearAway(folder, [tag]);
    await incusCli('storage', 'delete', pool);
  }, 300_000);

  it('a machine that runs is not stopped without a yes', async () => {
    const { code, stderr } = await run('golden', 'create', cow);
    expect([code, stderr]).toEqual([2, expect.stringContaining('needs-yes')]);
    expect(await stateOf(cow)).toBe('Running');
  });

  it('P20b-02: begin as its kept state and not as what became of it, on btrfs and on dir', async () => {
    for (const [template, machine] of [
      [cow, one],
      [full, two],
    ] as const) {
      expect((await run('golden-create', template, '--yes')).code).toBe(0);
      expect(await stateOf(template)).toBe('Stopped');
      await incusCli('start', '--project', tag, template);
      await inside(tag, template, 'sh', '-c', 'echo later >/root/word');
      await incusCli('stop', '--force', '--project', tag, template);
      const outcome = await run('golden-derive', template, machine);
      expect(outcome.code, outcome.stderr).toBe(0);
      expect(resultOf<Derived>(outcome)).toMatchObject({ made: true, declared: true });
      expect(await stateOf(machine)).toBe('Running');
      expect(await fileIn(tag, machine, '/root/word')).toBe('kept');
      expect(await inside(tag, machine, 'wc', '-c', '/root/data')).toContain(`${300 * MEGABYTE}`);
    }
    // What is declared stands, and nothing of the template is left on it: apply has nothing to do.
    expect(resultOf(await run('plan'))).toMatchObject({ entries: [] });
  }, 300_000);

  it('P20b-05: share the blocks of the template on btrfs', async ({ skip }) => {
    const { driver } = await incusQuery<{ driver: string }>('/1.0/storage-pools/default');
    // With loop devices a sandbox has btrfs, and nothing else will do.
    if (existsSync('/dev/loop-control')) expect(driver).toBe('btrfs');
    else skip(driver !== 'btrfs', 'this host has no loop devices, so its sandboxes have no btrfs');
    await run('instance', 'delete', one, '--yes', '--skip-snapshot');
    const used = async () => {
      // Pools are mounted where the daemon is, and there alone.
      const { environment } = await incusQuery<{ environment: { server_pid: number } }>('/1.0');
      const there = ['nsenter', '-t', String(environment.server_pid), '-m', '--'];
      const mount = '/var/lib/incus/storage-pools/default';
      await inSandbox(...there, 'btrfs', 'filesystem', 'sync', mount);
      const path = '/1.0/storage-pools/default/resources';
      return (await incusQuery<{ space: { used: number } }>(path)).space.used;
    };
    const before = await used();
    expect((await run('golden', 'derive', cow, one, '--no-start')).code).toBe(0);
    expect((await used()) - before).toBeLessThan(5 * MEGABYTE);
  }, 300_000);

  it('P20b-05: copy the blocks of the template on dir', async () => {
    await run('instance', 'delete', one, two, '--yes', '--skip-snapshot');
    expect((await run('golden', 'derive', cow, one, '--no-start')).code).toBe(0);
    expect(await stateOf(one)).toBe('Stopped');
    expect((await run('golden', 'derive', full, two, '--no-start')).code).toBe(0);
    const folderOf = `${inject('incusDir')}/storage-pools/${pool}/containers/${tag}_${two}`;
    expect(Number((await inSandbox('du', '-sm', folderOf)).split('\t')[0])).toBeGreaterThan(20);
  }, 300_000);

  it('one that infra.yml does not declare gets an address of its own, and is told how to declare it', async () => {
    const outcome = await run('golden', 'derive', cow, loose);
    const { ip, declared } = resultOf<Derived>(outcome);
    expect(declared).toBe(false);
    expect(ip).toMatch(/^10\.78\.1\.\d+$/);
    await expect
      .poll(() => inside(tag, loose, 'ip', '-4', 'addr', 'show', 'eth0'), { timeout: 60_000 })
      .toContain(`${ip}/24`);
    const again = await anklume(['golden', 'derive', cow, loose], { cwd: folder });
    expect(again.stdout).toContain(`${loose}: { ip: ${ip} }`);
    expect(resultOf(await run('plan'))).toMatchObject({
      orphans: [{ id: `instance:${tag}/${loose}` }],
    });
  }, 120_000);

  it('a machine that is not from this template is left alone', async () => {
    const { code, stderr } = await run('golden', 'derive', full, one);
    expect([code, stderr]).toEqual([1, expect.stringContaining('derive-exists')]);
    const other = await run('golden', 'derive', loose, 'x');
    expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('template-unknown')]);
  });

  /** Ends the derivation with SIGKILL as soon as the machine is there, whole or not. */
  async function deriveAndKill(template: string, machine: string): Promise<void> {
    const seen = new AbortController();
    const killed = anklume(['golden', 'derive', template, machine], {
      cwd: folder,
      killWhen: seen.signal,
    });
    const isThere = () =>
      stateOf(machine).then(
        () => true,
        () => false,
      );
    await expect.poll(isThere, { timeout: 60_000, interval: 5 }).toBe(true);
    seen.abort();
    await killed;
  }

  // A pool that copies file by file is killed in the middle of it, one that clones mostly just after.
  it.each([
    ['clones', cow, one],
    ['copies', full, two],
  ])(
    'a run that was killed while the pool %s is made good by the next, and apply starts no half machine',
    async (_, template, machine) => {
      await run('instance', 'delete', machine, '--yes', '--skip-snapshot');
      await deriveAndKill(template, machine);
      const again = await run('golden', 'derive', template, machine);
      expect(again.code, again.stderr).toBe(0);
      const { config, status } = await incusQuery<{
        config: Record<string, string>;
        status: string;
      }>(`/1.0/instances/${machine}?project=${tag}`);
      expect(status).toBe('Running');
      expect(config['user.anklume.pending']).toBeUndefined();
      expect(config['user.anklume.template']).toBeUndefined();
      expect(await fileIn(tag, machine, '/root/word')).toBe('kept');
    },
    120_000,
  );

  it('a flush waits for the copy that a killed run had asked for, and then removes all in one go', async () => {
    await run('instance', 'delete', two, '--yes', '--skip-snapshot');
    await deriveAndKill(full, two);
    const { code, stderr } = await run('flush', '--yes', '--force');
    expect(code, stderr).toBe(0);
    const left = `${inject('incusDir')}/storage-pools/${pool}`;
    expect(await inSandbox('find', left, '-mindepth', '2')).toBe('');
  }, 120_000);
});
