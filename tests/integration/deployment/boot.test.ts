import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findProgram, type Host, run } from '../../../src/base/system/index.ts';
import { ensureImage } from '../../../src/images/index.ts';
import { connect } from '../../../src/incus/index.ts';
import {
  bootState,
  disableBoot,
  enableBoot,
  planBoot,
  refreshBoot,
} from '../../../src/isolation/index.ts';
import { changesTo, NO_STEERING, steeringFor } from '../../../src/isolation/vm/index.ts';
import { testProject, twoDomains } from '../cli/projects.ts';
import { anklume, incusCli, uniqueName } from '../support.ts';
import { poll, tablesText } from './host.ts';

const name = uniqueName('boot-');
const rules = { rules: tablesText('net-boot'), routes: [] };
const more = { rules: tablesText('net-later'), routes: [] };
const routes = steeringLines('net-boot');
const steered = { ...more, routes };

/** A Debian with systemd that stands for a host: entered as any host is, through its namespaces. */
describe('rules that survive a reboot', () => {
  let host: Host;
  const inside = (...words: string[]) => incusCli('exec', name, '--', ...words);
  const booted = async (): Promise<Host> => {
    await poll(async () =>
      expect(await inside('systemctl', 'is-system-running')).toContain('running'),
    );
    const { pid } = JSON.parse(await incusCli('query', `/1.0/instances/${name}/state`));
    const own = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
    return { enter: [...own, 'nsenter', '-t', String(pid), '-a', '--'], proc: '/proc' };
  };
  const reboot = async (): Promise<void> => {
    await incusCli('restart', name);
    host = await booted();
  };
  const loaded = () => inside('nft', 'list', 'ruleset');

  beforeAll(async () => {
    const incus = await connect({ socket: inject('socket') });
    const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
    await ensureImage(incus, 'images:debian/13', { host: { enter, proc: inject('proc') } });
    await incus.close();
    await incusCli('launch', 'debian/13', name, '--quiet', '-s', 'default');
    host = await booted();
    await giveNft(inside);
  }, 600_000);
  afterAll(() => incusCli('delete', '--force', name).catch(() => ''));

  it('P08-06: writes its files, which systemd finds sound, and loads them at the next boot', async () => {
    expect(await bootState(rules, host)).toBe('off');
    const planned = await planBoot(rules, host);
    expect(planned.map(({ path }) => path)).toEqual([
      '/etc/anklume/nftables/anklume.nft',
      '/etc/anklume/nftables/closed-first.nft',
      '/etc/systemd/system/anklume-network.service',
    ]);
    expect(await inside('ls', '/etc/systemd/system')).not.toContain('anklume');
    await enableBoot(rules, host);
    await inside('systemd-analyze', 'verify', '/etc/systemd/system/anklume-network.service');
    expect(await bootState(rules, host)).toBe('current');
    expect(await loaded()).toBe('');
    await reboot();
    expect((await inside('systemctl', 'is-active', 'anklume-network')).trim()).toBe('active');
    expect(await loaded()).toContain('"net-boot"');
    expect(await planBoot(rules, host)).toEqual([]);
  });

  it('comes back when the rules of the host are loaded again, which empties the kernel', async () => {
    const service = [
      '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=nft flush ruleset\n',
      'ExecReload=nft flush ruleset\n[Install]\nWantedBy=sysinit.target\n',
    ].join('');
    await write('/etc/systemd/system/nftables.service', service);
    await inside('systemctl', 'daemon-reload');
    await inside('systemctl', 'start', 'nftables');
    for (const verb of ['restart', 'reload']) {
      await inside('systemctl', verb, 'nftables');
      await poll(async () => expect(await loaded()).toContain('"net-boot"'));
    }
    await inside('systemctl', 'enable', 'nftables');
    await reboot();
    expect(await loaded()).toContain('"net-boot"');
  });

  it('renews the rules of the next boot only where they were asked for', async () => {
    expect(await bootState(more, host)).toBe('stale');
    expect(await refreshBoot(more, host)).toBe(true);
    expect(await refreshBoot(more, host)).toBe(false);
    await reboot();
    expect(await loaded()).toContain('"net-later"');
    await inside('systemctl', 'disable', 'anklume-network');
    expect(await bootState(more, host)).toBe('partial');
    await enableBoot(more, host);
    expect(await bootState(more, host)).toBe('current');
  });

  it('P08-06: with a firewall machine, adds the routes when Incus has made the bridges', async () => {
    const fake = ['ip link add net-boot type bridge', 'ip link set net-boot up'];
    await write(
      '/etc/systemd/system/incus.service',
      [
        '[Service]\nType=oneshot\nRemainAfterExit=yes\n',
        ...fake.map((words) => `ExecStart=${words}\n`),
        '[Install]\nWantedBy=multi-user.target\n',
      ].join(''),
    );
    await inside('systemctl', 'enable', 'incus');
    expect(await bootState(steered, host)).toBe('partial');
    await enableBoot(steered, host);
    await inside('systemd-analyze', 'verify', '/etc/systemd/system/anklume-steering.service');
    expect(await bootState(steered, host)).toBe('current');
    await reboot();
    await poll(async () => {
      expect(await inside('ip', 'rule')).toContain('iif net-boot lookup 171966720 proto 253');
      const table = await inside('ip', 'route', 'show', 'table', '171966720');
      expect(table).toContain('10.64.2.0/24 via 10.64.1.253 dev net-boot');
    });
    // A firewall mode that ended leaves nothing to come back.
    expect(await bootState(more, host)).toBe('stale');
    expect(await refreshBoot(more, host)).toBe(true);
    expect(await bootState(more, host)).toBe('current');
    await inside('systemctl', 'disable', 'incus');
  });

  it('leaves files alone that it did not write, or that were edited', async () => {
    const unit = '/etc/systemd/system/anklume-network.service';
    const before = await inside('cat', unit);
    await write(unit, `${before}\n# by hand\n`);
    const foreign = expect.objectContaining({ code: 'boot-file-foreign' });
    await expect(enableBoot(rules, host)).rejects.toEqual(foreign);
    await expect(disableBoot(host)).rejects.toEqual(foreign);
    expect(await inside('cat', unit)).toBe(`${before}\n# by hand`);
    expect(await bootState(rules, host)).toBe('foreign');
    await write(unit, `${before}\n`);
  });

  it('is switched off without a trace, and leaves the rules in force alone', async () => {
    expect(await disableBoot(host)).toBe(true);
    expect(await disableBoot(host)).toBe(false);
    expect(await loaded()).toContain('"net-later"');
    expect(await inside('find', '/etc', '-name', '*anklume*')).toBe('/etc/anklume');
    expect(await refreshBoot(rules, host)).toBe(false);
    await reboot();
    expect(await loaded()).toBe('');
    expect(await bootState(rules, host)).toBe('off');
  });

  it('is refused for a sandbox, which has the files of its machine', async () => {
    await using project = await testProject(twoDomains(uniqueName('a'), uniqueName('b'), 218));
    await anklume(['sync'], { cwd: project.folder });
    const words = ['network', 'boot', 'on', '--yes', `--sandbox=${inject('sandbox')}`];
    const { code, stderr } = await anklume(words, { cwd: project.folder });
    expect(code).toBe(2);
    expect(stderr).toContain('ends with its machine');
  });

  async function write(path: string, text: string): Promise<void> {
    await run([...host.enter, 'tee', path], { input: text });
  }
});

/** As a host with one bridge adds them. */
function steeringLines(bridge: string): string[] {
  const own = { bridge, subnet: '10.64.1.0/24', address: '10.64.1.253' };
  const other = { bridge: 'net-gone', subnet: '10.64.2.0/24', address: '10.64.2.253' };
  return changesTo(steeringFor([own, other]), NO_STEERING);
}

/** nft with its libraries, from this machine: the image has none and no network to fetch it. */
async function giveNft(inside: (...words: string[]) => Promise<string>): Promise<void> {
  const nft = (await findProgram('nft')) ?? '';
  const { stdout } = await run(['ldd', nft]);
  const libraries = [...stdout.matchAll(/=> (\/\S+)/g)].map(([, path = '']) => path);
  for (const path of libraries) {
    const target = `/usr/lib/x86_64-linux-gnu/${basename(path)}`;
    if (await inside('test', '-e', target).catch(() => 'missing'))
      await incusCli('file', 'push', '--quiet', path, `${name}${target}`);
  }
  expect((await readFile(nft)).length).toBeGreaterThan(0);
  await incusCli('file', 'push', '--quiet', '--mode', '755', nft, `${name}/usr/sbin/nft`);
  await inside('nft', '--version');
}
