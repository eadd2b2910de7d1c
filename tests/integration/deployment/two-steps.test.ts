import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { loadedRules } from '../loaded-rules.ts';
import { otherRules } from '../network/real-world.ts';
import { anklume, clearAway, incusCli, incusQuery, inSandbox, uniqueName } from '../support.ts';
import { inBackground, ourRules, poll, rulesInside } from './host.ts';

const [a, b, admin] = ['a', 'b', 'adm'].map(uniqueName) as [string, string, string];
const sandbox = [`--sandbox=${inject('sandbox')}`];
const inside = '/srv/anklume.nft';

describe('rules made in one place and loaded in another', () => {
  let project: TestProject;
  const here = (...args: string[]) => anklume(args, { cwd: project.folder });
  const onHost = (...args: string[]) => here(...args, ...sandbox);
  const path = (): string => join(project.folder, 'nftables/anklume.nft');
  const fetched = (...more: string[]) =>
    onHost('network', 'deploy', '--machine', `${admin}:${inside}`, ...more);
  const push = (file: string) =>
    incusCli('file', 'push', '--create-dirs', file, `${admin}${inside}`);
  const pushText = async (text: string): Promise<void> => {
    const file = join(project.folder, 'hostile.nft');
    await writeFile(file, text);
    await push(file);
  };

  beforeAll(async () => {
    project = await testProject(twoDomains(a, b, 217));
    await incusCli('launch', 'probe', admin, '--quiet', '--storage', 'default');
    expect((await here('sync')).code).toBe(0);
  });
  afterAll(async () => {
    await inSandbox('ip', 'link', 'del', 'dummy-c').catch(() => '');
    await incusCli('delete', '--force', admin).catch(() => '');
    await clearAway(project.folder, [a, b]);
  });

  it('P08-05: apply --tags nftables rewrites only that file; adding a domain changes it', async () => {
    expect((await onHost('apply', '--tags', 'nftables')).code).toBe(0);
    const before = await project.snapshot();
    await project.write(
      twoDomains(a, b, 217).replace(
        'network_policies:',
        `  late:\n    subnet_id: 3\n    ephemeral: true\nnetwork_policies:`,
      ),
    );
    expect((await here('sync')).code).toBe(0);
    const synced = await project.snapshot();
    expect(synced['nftables/anklume.nft']).toBe(before['nftables/anklume.nft']);
    expect((await onHost('apply', '--tags', 'nftables')).code).toBe(0);
    const after = await project.snapshot();
    const changed = Object.keys(after).filter((name) => after[name] !== synced[name]);
    expect(changed.filter((name) => !name.endsWith('nftables'))).toEqual(['nftables/anklume.nft']);
    expect(after['nftables/anklume.nft']).toContain('net-late');
    await project.write(twoDomains(a, b, 217));
    expect((await here('sync', '--delete-orphans')).code).toBe(0);
  });

  it('P08-06, P08-10: generating leaves the host alone; the host fetches, checks and loads', async () => {
    const before = await loadedRules();
    expect((await here('network', 'rules', '--output', path())).code).toBe(0);
    const { mtimeMs } = await stat(path());
    expect((await here('network', 'rules', '--output', path())).code).toBe(0);
    expect((await stat(path())).mtimeMs).toBe(mtimeMs);
    expect(await loadedRules()).toBe(before);
    await push(path());
    const others = await otherRules();

    const unasked = await fetched();
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('--yes');
    expect(await ourRules()).toBe('');

    const loaded = await fetched('--yes');
    expect(loaded.stderr).not.toContain('✗');
    expect(loaded.stdout).toContain('+++ wanted');
    expect(loaded.code).toBe(0);
    expect(await ourRules()).toContain(`"net-${a}"`);
    expect(await otherRules()).toBe(others);
    expect((await fetched('--yes')).stdout.trim()).toBe('The rules were already in force.');
    // The same as from the tree.
    expect((await onHost('network', 'deploy')).stdout).toContain('already in force');
    expect(await rulesInside(admin)).toBe('');
  });

  it('a container that gives something else is refused, and nothing is loaded', async () => {
    const good = await readFile(path(), 'utf8');
    const before = await loadedRules();
    await inSandbox('ip', 'link', 'add', 'dummy-c', 'type', 'bridge');
    const hostile: [string, string][] = [
      ['rules-untrusted', `include "/etc/passwd"\n${good}`],
      ['rules-untrusted', `flush ruleset\n${good}`],
      ['rules-untrusted', `${good}table inet other { chain x { } }\n`],
      ['rules-too-wide', good.replace(/(chain forward \{\n.*\n)/, '$1\t\tcounter drop\n')],
      ['rules-foreign-cards', good.replace('"net-', '"dummy-c",\n"net-')],
      ['rules-untrusted', good.repeat(Math.ceil(4_100_000 / good.length))],
    ];
    for (const [code, text] of hostile) {
      expect(text).not.toBe(good);
      await pushText(text);
      const found = await fetched('--yes', '--json');
      expect(found.code, found.stderr).toBe(
        code === 'rules-untrusted' && text.length > 4e6 ? 1 : 2,
      );
      if (text.length < 4e6) expect(found.stderr).toContain(code);
      else expect(found.stderr).toContain('incus-file-too-long');
    }
    await incusCli('file', 'delete', `${admin}${inside}`);
    await incusCli('exec', admin, '--', 'ln', '-s', '/dev/zero', inside);
    const endless = await fetched('--yes');
    expect(endless.code).not.toBe(0);
    expect((await fetched('--yes', '--from', path())).code).toBe(2);
    expect(await loadedRules()).toBe(before);
  });

  it('subnets that the host uses are refused before anything is created', async () => {
    await inSandbox('ip', 'address', 'add', '10.217.2.77/26', 'dev', 'dummy-c');
    await inSandbox('ip', 'link', 'set', 'dummy-c', 'up');
    for (const command of [['apply'], ['up']]) {
      const refused = await onHost(...command);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(`${b}: the subnet 10.217.2.0/24 overlaps 10.217.2.`);
      expect(refused.stderr).toContain('subnet_id');
    }
    expect(await incusCli('network', 'list', '--format', 'csv')).not.toContain(`net-${a}`);
    expect(await incusCli('project', 'list', '--format', 'csv')).not.toContain(a);
    await inSandbox('ip', 'link', 'del', 'dummy-c');
    expect((await onHost('up')).code).toBe(0);
    expect((await onHost('up')).code).toBe(0);
  });

  it('P08-10: after a full apply no machine holds a rule, and each would show one', async () => {
    const machines = [
      [admin, 'default'] as const,
      ...[a, b].map((one) => [`${one}-one`, one] as const),
    ];
    expect(await ourRules()).toContain(`"net-${a}"`);
    for (const [machine, project] of machines)
      expect([machine, await rulesInside(machine, project)]).toEqual([machine, '']);
    const { pid } = await incusQuery<{ pid: number }>(`/1.0/instances/${admin}/state`);
    const nft = (...words: string[]) =>
      inSandbox('nsenter', '-t', String(pid), '-n', '--', 'nft', ...words);
    await nft('add', 'table', 'inet', 'anklume');
    expect(await rulesInside(admin)).toContain('table inet anklume');
    await nft('delete', 'table', 'inet', 'anklume');
  });

  it('P22-22: apply and status warn of a domain without walls until the rules are deployed', async () => {
    expect((await onHost('apply')).stderr).not.toContain('Without isolation rules');
    await project.write(
      twoDomains(a, b, 217).replace(
        'network_policies:',
        `  late:\n    subnet_id: 3\n    ephemeral: true\nnetwork_policies:`,
      ),
    );
    expect((await here('sync')).code).toBe(0);
    for (const command of ['apply', 'status']) {
      const found = await onHost(command);
      expect(found.code).toBe(0);
      expect(`${command}: ${found.stderr}${found.stdout}`).toContain(
        'Without isolation rules until they are deployed: late',
      );
    }
    expect((await onHost('network', 'status')).stdout).toMatch(/late .*open/);
    expect((await onHost('network', 'deploy')).code).toBe(0);
    expect((await onHost('status')).stderr).not.toContain('Without isolation rules');
    await project.write(twoDomains(a, b, 217));
    expect((await here('sync', '--delete-orphans')).code).toBe(0);
    expect((await onHost('apply', '--prune', '--yes')).code).toBe(0);
    expect((await onHost('network', 'deploy')).code).toBe(0);
  });

  // Matrix: PR-102, PR-202
  it('explain names the loaded rule with its counter, and a trace shows what the kernel did', async () => {
    const count = async (): Promise<number> => {
      const { stdout } = await onHost('network', 'explain', `${b}-one`, `${a}-one`, '81', '--json');
      const { rule, allowed } = JSON.parse(stdout);
      expect(allowed).toBe(false);
      expect(rule.text).toContain('drop comment "inter-domain: domains are closed to each other"');
      return rule.packets;
    };
    const before = await count();
    const closed = await onHost('network', 'explain', `${b}-one`, `${a}-one`, '81', '--trace');
    expect(closed.stdout).toMatch(/inet anklume between: .*closed to each other.* → drop/);
    expect(closed.stdout).toContain('It did not arrive.');
    expect(await count()).toBeGreaterThan(before);

    const open = await onHost('network', 'explain', `${a}-one`, `${b}-one`, '80', '--trace');
    expect(open.stdout).toContain('open: policy 1');
    expect(open.stdout).toMatch(/inet anklume policies\/.*policy 1.* → accept/);
    expect(open.stdout).toContain('It arrived.');

    const ping = await onHost('network', 'explain', `${a}-one`, 'host', '--trace');
    expect(ping.stdout).toMatch(/own-gateway: DNS, DHCP and ping at the own gateway → accept/);
    const outward = await onHost(
      'network',
      'explain',
      'host',
      `${a}-one`,
      '22',
      '--trace',
      '--json',
    );
    expect(JSON.parse(outward.stdout)).toMatchObject({ allowed: true, trace: { arrived: true } });
    expect(await inSandbox('nft', 'list', 'tables')).not.toContain('trace');
  });

  it('a trace that is killed leaves no table, and no process for longer than half a minute', async () => {
    const words = ['network', 'explain', `${b}-one`, `${a}-one`, '81', '--trace', ...sandbox];
    for (const pause of [0, 150, 400]) {
      const running = inBackground(words, { cwd: project.folder });
      await poll(async () =>
        expect(await inSandbox('nft', 'list', 'tables')).toContain('anklume_trace'),
      );
      await new Promise((resolve) => setTimeout(resolve, pause));
      running.kill('SIGKILL');
      await running.ended;
      await poll(async () =>
        expect(await inSandbox('nft', 'list', 'tables')).not.toContain('anklume_trace'),
      );
    }
    const monitors = async () => (await inSandbox('ps', '-eo', 'args')).match(/nft monitor/g) ?? [];
    await expect.poll(monitors, { timeout: 40_000, interval: 1000 }).toEqual([]);
  });
});
