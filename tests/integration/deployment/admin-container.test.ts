import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureImage } from '../../../src/images/index.ts';
import { connect } from '../../../src/incus/index.ts';
import { program } from '../build.ts';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { loadedRules } from '../loaded-rules.ts';
import { anklume, incusCli, inSandbox, uniqueName } from '../support.ts';
import { ourRules, rulesInside } from './host.ts';

const [a, b, admin] = ['a', 'b', 'adm'].map(uniqueName) as [string, string, string];
const sandbox = [`--sandbox=${inject('sandbox')}`];

/** The admin container as people have one: Debian 13, the program and Node inside, and no way to the host's rules. */
describe('rules made in the admin container', () => {
  let project: TestProject;
  const onHost = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });
  const inside = (...words: string[]) =>
    incusCli('exec', admin, '--cwd', '/srv/infra', '--', ...words);
  const tool = (...words: string[]) => inside('node', '/opt/anklume/dist/main.js', ...words);

  beforeAll(async () => {
    const incus = await connect({ socket: inject('socket') });
    const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
    await ensureImage(incus, 'images:debian/13', { host: { enter, proc: inject('proc') } });
    await incus.close();
    project = await testProject(twoDomains(a, b, 221));
    await incusCli('launch', 'debian/13', admin, '--quiet', '-s', 'default');
    const root = dirname(dirname(program));
    const mounts = {
      node: [await realpath(process.execPath), '/usr/local/bin/node'],
      dist: [join(root, 'dist'), '/opt/anklume/dist'],
      manifest: [join(root, 'package.json'), '/opt/anklume/package.json'],
    };
    for (const [name, [source, path]] of Object.entries(mounts))
      await incusCli(
        ...['config', 'device', 'add', admin, name, 'disk', '--quiet'],
        ...[`source=${source}`, `path=${path}`, 'readonly=true'],
      );
    const infra = join(project.folder, 'infra.yml');
    await incusCli('file', 'push', '--quiet', '-p', infra, `${admin}/srv/infra/infra.yml`);
  }, 600_000);
  afterAll(async () => {
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'delete', 'table', family, 'anklume').catch(() => '');
    await incusCli('delete', '--force', admin).catch(() => '');
    for (const domain of [a, b]) {
      const all = `/1.0/projects/${domain}?force=1`;
      const machine = `${domain}-one`;
      await incusCli('delete', '--force', machine, '--project', domain).catch(() => '');
      await incusCli('query', '-X', 'DELETE', all).catch(() => '');
      await incusCli('network', 'delete', `net-${domain}`).catch(() => '');
    }
    await project[Symbol.asyncDispose]();
  });

  it('P08-06 P08-10: Node inside makes them and changes nothing; the host fetches, checks and loads them', async () => {
    expect((await onHost('up', '--yes')).code).toBe(0);
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'delete', 'table', family, 'anklume');
    const before = await loadedRules();

    expect(await inside('node', '--version')).toContain(process.version);
    await tool('sync');
    await tool('network', 'rules', '--output', 'nftables/anklume.nft');
    expect(await loadedRules()).toBe(before);
    for (const [machine, home] of [[admin], [`${a}-one`, a], [`${b}-one`, b]] as const)
      expect(await rulesInside(machine, home)).toBe('');

    const path = `${admin}:/srv/infra/nftables/anklume.nft`;
    const loaded = await onHost('network', 'deploy', '--machine', path, '--yes');
    expect(loaded.stderr).not.toContain('✗');
    expect(loaded.code).toBe(0);
    expect(await ourRules()).toContain(`"net-${a}"`);
    const proof = JSON.parse(
      (await onHost('prove', '--json')).stdout.trim().split('\n').at(-1) ?? '',
    );
    expect(proof).toMatchObject({ holds: true, mismatches: [] });
  });
});
