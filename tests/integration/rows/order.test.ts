import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { testProject, twoDomains } from '../cli/projects.ts';
import { listed, removeDomains, writesDuring } from '../engine/daemon.ts';
import { anklume, inSandbox, uniqueName } from '../support.ts';

const [a, b] = ['a', 'b'].map(uniqueName) as [string, string];
const sandbox = [`--sandbox=${inject('sandbox')}`];

afterAll(async () => {
  await removeDomains(a, b);
  await inSandbox('nft', 'destroy', 'table', 'inet', 'anklume').catch(() => '');
});

/** The first of the two domains alone. */
function firstOnly(): string {
  return twoDomains(a, b, 231).replace(/ {2}b[0-9a-f]+:\n[\s\S]*/, '');
}

describe('steps in the wrong order', () => {
  // Matrix: AP-301
  it('P22-14: apply before sync fails, names sync and writes nothing to the daemon', async () => {
    await using project = await testProject(firstOnly());
    const written = await writesDuring(async () => {
      const { code, stderr } = await anklume(['apply', ...sandbox], { cwd: project.folder });
      expect(code).toBe(2);
      expect(stderr).toContain('anklume sync');
    });
    expect(written).toEqual([]);
  });

  // Matrix: AP-204
  it('P22-15: a domain that was not synced is not deployed, and both plan and apply say so', async () => {
    await using project = await testProject(firstOnly());
    const here = (...args: string[]) => anklume(args, { cwd: project.folder });
    await here('sync');
    await project.write(twoDomains(a, b, 231));
    for (const verb of ['plan', 'apply']) {
      const { code, stderr } = await here(verb, ...sandbox);
      expect(code).toBe(0);
      expect(stderr).toContain("The tree is not what infra.yml says now (4 files): 'anklume sync'");
      const told = (await here(verb, '--json', ...sandbox)).stderr.trim().split('\n');
      expect(told.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ type: 'note', code: 'tree-stale' }),
      );
    }
    expect((await listed(a, b)).map(({ name }) => name)).toEqual([`${a}-one`]);
  });

  // Matrix: NI-305
  it('P22-22: apply and status warn until the rules of a new domain are deployed', async () => {
    await using project = await testProject(firstOnly());
    const here = (...args: string[]) => anklume(args, { cwd: project.folder });
    await here('sync');
    expect((await here('up', ...sandbox)).code).toBe(0);
    await project.write(twoDomains(a, b, 231));
    await here('sync');
    expect((await here('apply', ...sandbox)).stderr).toMatch(
      /Without isolation rules.*\bb[0-9a-f]{6}\b/,
    );
    expect((await here('status', ...sandbox)).stderr).toContain('network deploy');
    await here('network', 'deploy', ...sandbox);
    expect((await here('status', ...sandbox)).stderr).not.toContain('network deploy');
    expect((await here('apply', ...sandbox)).stderr).not.toContain('Without isolation rules');
  });
});

it('a remote of the incus client is reached by the built program', async () => {
  await using project = await testProject(firstOnly());
  await anklume(['sync'], { cwd: project.folder });
  const INCUS_CONF = join(project.folder, 'conf');
  await mkdir(INCUS_CONF);
  const remotes = `remotes: {here: {addr: 'unix://${inject('socket')}', protocol: incus}}\n`;
  await writeFile(join(INCUS_CONF, 'config.yml'), remotes);
  const options = { cwd: project.folder, env: { INCUS_CONF } };
  expect((await anklume(['status', '--remote', 'here'], options)).code).toBe(0);
  const unknown = await anklume(['status', '--remote', 'nowhere'], options);
  expect(unknown.code).toBe(4);
  expect(unknown.stderr).toContain("no remote 'nowhere'");
});
