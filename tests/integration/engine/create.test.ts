import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  applyDesired,
  awaitedOf,
  planFor,
  statusOf,
  waitForAddresses,
} from '../../../src/engine/index.ts';
import type { Incus } from '../../../src/incus/index.ts';
import { incusCli, incusQuery, inSandbox, uniqueName } from '../support.ts';
import { door, listed, names, removeDomains, writesDuring } from './daemon.ts';
import { crowd, domain, machine, world } from './world.ts';

const [pro, home, lab, out] = ['p', 'h', 'l', 'o'].map(uniqueName) as [
  string,
  string,
  string,
  string,
];
const nesting = { name: 'nesting', config: { 'security.nesting': 'true' }, devices: {} };
const limits = { name: 'limits', config: { 'limits.processes': '200' }, devices: {} };
const desired = world('create-test', [
  domain(
    pro,
    11,
    [
      machine(pro, `${pro}-dev`, '10.199.11.10', {
        ephemeral: false,
        description: 'a « quoted » name',
        profiles: ['default', 'nesting', 'limits'],
        config: { 'boot.autostart.priority': '5' },
        volumes: [{ name: 'data', path: '/data', size: '64MiB', config: {} }],
        bootAutostart: true,
        snapshotsSchedule: '0 3 * * *',
        snapshotsExpiry: '30d',
      }),
      machine(pro, `${pro}-two`, '10.199.11.2'),
    ],
    { profiles: [nesting, limits] },
  ),
  crowd(home, 12, 2),
  crowd(lab, 13, 1),
  crowd(out, 14, 1),
]);
const domains = [pro, home, lab, out];

let incus: Incus;
beforeAll(async () => {
  incus = await door();
});
afterAll(async () => {
  await removeDomains(...domains);
  await incus.close();
});

describe('apply on a daemon without anything of ours', () => {
  // Matrix: AP-101
  it('P02-01 P02-12: makes every declared object, each shared one exactly once', async () => {
    const writes = await writesDuring(async () => {
      const report = await applyDesired(desired, incus);
      expect(report).toMatchObject({ failed: 0, skipped: 0 });
    });
    const count = (action: string, part: string) =>
      writes.filter((write) => write.action === action && write.source.includes(part)).length;
    for (const name of domains) {
      expect(count('network-created', `net-${name}`)).toBe(1);
      expect(count('project-created', `/projects/${name}`)).toBe(1);
    }
    expect(await names('project')).toEqual(expect.arrayContaining(domains));
    expect((await listed(...domains)).map((one) => [one.name, one.status])).toEqual(
      desired.domains
        .flatMap((one) => one.machines.map((m) => [m.name, 'Running']))
        .sort((a, b) => (a[0] ?? '').localeCompare(b[0] ?? '')),
    );
  });

  it('P02-02: bridges with the declared gateway', async () => {
    for (const [index, name] of domains.entries()) {
      const { config, status } = await incusQuery<{
        config: Record<string, string>;
        status: string;
      }>(`/1.0/networks/net-${name}`);
      expect(status).toBe('Created');
      expect(config).toMatchObject({
        'ipv4.address': `10.199.${11 + index}.254/24`,
        'ipv4.nat': 'true',
        'ipv6.address': 'none',
      });
      expect(config).not.toHaveProperty(['user.anklume.pending']);
      expect(config).not.toHaveProperty(['dns.mode']);
    }
  });

  it('P02-03: a default profile with exactly a root disk and eth0 on the bridge', async () => {
    const profile = await incusQuery<{ devices: Record<string, Record<string, string>> }>(
      `/1.0/profiles/default?project=${home}`,
    );
    expect(profile.devices).toEqual({
      root: { type: 'disk', path: '/', pool: 'default', size: expect.stringMatching(/^\d+GiB$/) },
      eth0: { type: 'nic', network: `net-${home}`, name: 'eth0' },
    });
    const seen = JSON.parse(await incusCli('list', '--project', home, '--format', 'json')) as [];
    expect(seen).toHaveLength(2);
  });

  it('P02-04: extra profiles, attached in order', async () => {
    const [dev] = await listed(pro);
    expect(dev?.profiles).toEqual(['default', 'nesting', 'limits']);
    expect(dev?.expanded_config).toMatchObject({
      'security.nesting': 'true',
      'limits.processes': '200',
      'boot.autostart': 'true',
      'boot.autostart.priority': '5',
      'snapshots.schedule': '0 3 * * *',
      'snapshots.expiry': '30d',
      'security.protection.delete': 'true',
    });
    expect(dev?.devices.data).toEqual({
      type: 'disk',
      pool: 'default',
      source: 'data',
      path: '/data',
    });
  });

  it('P02-05 P02-09: machines hold their addresses, also after a restart', async () => {
    const ready = await waitForAddresses(incus, awaitedOf(desired));
    expect(ready.filter((one) => !one.ready)).toEqual([]);
    await incusCli('restart', '--force', `${home}-1`, '--project', home);
    expect((await waitForAddresses(incus, awaitedOf(desired)))[0]?.ready).toBe(true);
    for (const one of awaitedOf(desired)) {
      const words = await incusCli(
        ...['exec', one.instance, '--project', one.project, '--', 'ip', '-4', 'addr'],
      );
      expect(words).toContain(`inet ${one.ip}/24`);
    }
    const [first] = await listed(home);
    expect(first?.devices.eth0).toMatchObject({
      type: 'nic',
      network: `net-${home}`,
      name: 'eth0',
      'ipv4.address': '10.199.12.1',
    });
  });

  // Matrix: AP-102
  it('P02-08: a second apply writes nothing and asks at most ten times', async () => {
    const before = incus.requests;
    const writes = await writesDuring(async () => {
      expect(await applyDesired(desired, incus)).toMatchObject({ done: 0, failed: 0, skipped: 0 });
    });
    expect(writes).toEqual([]);
    expect(incus.requests - before).toBeLessThanOrEqual(10);
  });

  // Matrix: DD-103
  it('tells the status of each machine', async () => {
    const rows = await statusOf(desired, incus);
    expect(rows).toHaveLength(6);
    expect(rows[0]).toMatchObject({
      machine: `${pro}-dev`,
      state: 'Running',
      addresses: ['10.199.11.10'],
      drift: [],
      protected: true,
    });
    await incusCli('config', 'set', `${pro}-two`, 'boot.autostart.priority=9', '--project', pro);
    await incusCli('config', 'set', `${pro}-dev`, 'limits.processes=7', '--project', pro);
    expect((await statusOf(desired, incus)).map((row) => row.drift)).toEqual(Array(6).fill([]));
    await incusCli('config', 'set', `${pro}-dev`, 'boot.autostart=false', '--project', pro);
    expect((await statusOf(desired, incus))[0]?.drift).toEqual([
      { key: 'config.boot.autostart', from: 'false', to: 'true' },
    ]);
    expect((await planFor(desired, incus)).entries.map((entry) => entry.id)).toEqual([
      `instance:${pro}/${pro}-dev`,
    ]);
  });
});

/** Runs a program of ours as root of a container, outside its file system: as somebody would who got out of it. */
async function asRootOf(domain: string, ...argv: string[]): Promise<string> {
  const pid = await pidOf(domain);
  return (await inSandbox('nsenter', '-t', pid, '-U', '-S', '0', '-G', '0', '--', ...argv)).trim();
}

async function pidOf(domain: string): Promise<string> {
  const path = `/1.0/instances/${domain}-1/state?project=${domain}`;
  return String((await incusQuery<{ pid: number }>(path)).pid);
}

describe('containers of two domains', () => {
  it('B06-02: are nobody to each other, with their keys, their quota and their processes', async () => {
    const maps = await Promise.all(
      (await listed(...domains)).map(({ name, project }) =>
        incusCli('exec', name, '--project', project, '--', 'cat', '/proc/self/uid_map'),
      ),
    );
    const ranges = maps
      .map((map) => map.trim().split(/\s+/).map(Number))
      .map(([, start = 0, size = 0]) => ({ start, end: start + size }))
      .sort((one, other) => one.start - other.start);
    expect(ranges).toHaveLength(6);
    for (const [index, { start }] of ranges.entries())
      expect(start).toBeGreaterThanOrEqual(ranges[index - 1]?.end ?? 1);

    const source = await readFile(new URL('keys.py', import.meta.url), 'utf8');
    const keys = (domain: string, ...words: string[]) =>
      asRootOf(domain, 'python3', '-c', source, ...words);
    const secret = (await keys(home, 'keep')).split(' ');
    expect(await keys(lab, 'take', ...secret)).toBe('read EACCES  link EACCES plant EACCES');
    expect(await keys(home, 'take', ...secret)).toBe('read ok secret link ok plant ok');
    expect(await keys(lab, 'fill')).toMatch(/^\d+ EDQUOT$/);
    expect(await keys(home, 'one')).toBe('ok');

    await asRootOf(home, 'kill', '-0', await pidOf(home));
    await expect(asRootOf(lab, 'kill', '-0', await pidOf(home))).rejects.toThrow();
  });
});
