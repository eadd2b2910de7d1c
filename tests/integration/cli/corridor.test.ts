import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { removeDomains } from '../engine/daemon.ts';
import { anklume, incusCli, inSandbox, uniqueName } from '../support.ts';
import { testProject, twoDomains } from './projects.ts';

const [a, b] = ['a', 'b'].map(uniqueName) as [string, string];

/** Instances as the `incus` command lists them: another way than the code under test. */
async function instances(): Promise<{ name: string; project: string; status: string }[]> {
  const all = JSON.parse(await incusCli('list', '--all-projects', '--format', 'json'));
  return all.filter((one: { project: string }) => [a, b].includes(one.project));
}

afterAll(() => removeDomains(a, b));

describe('the corridor, run as people run it', () => {
  it('P02-10 P08-05: plan, apply by tags, up, up again, status, prove, prune', async () => {
    await using project = await testProject(twoDomains(a, b, 214));
    const here = (...args: string[]) => anklume(args, { cwd: project.folder });
    const sandbox = [`--sandbox=${inject('sandbox')}`];

    expect((await here('sync')).code).toBe(0);
    const plan = await here('plan', '--exit-code', ...sandbox);
    expect(plan.code).toBe(3);
    expect(plan.stdout).toContain(`+ instance ${a}-one`);

    // Only the text of the rules; nothing on the daemon.
    expect((await here('apply', '--tags', 'nftables', ...sandbox)).code).toBe(0);
    const rules = await readFile(join(project.folder, 'nftables/anklume.nft'), 'utf8');
    expect(rules).toBe((await here('network', 'rules')).stdout);
    expect(await instances()).toEqual([]);

    expect((await here('apply', '--tags', 'networks', ...sandbox)).code).toBe(0);
    expect(await incusCli('network', 'list', '--format', 'csv')).toContain(`net-${a}`);
    expect(await instances()).toEqual([]);

    const up = await here('up', ...sandbox);
    expect(up.stderr + up.stdout).toContain('0 mismatches');
    expect(up.code).toBe(0);
    expect((await instances()).map(({ status }) => status)).toEqual(['Running', 'Running']);
    expect(await inSandbox('nft', 'list', 'table', 'inet', 'anklume')).toContain(`net-${a}`);

    const again = await here('up', '--json', ...sandbox);
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({
      type: 'up',
      written: 0,
      apply: { done: 0, failed: 0, skipped: 0 },
      rules: { changed: false },
      proof: { holds: true },
      good: true,
    });
    expect((await here('plan', '--exit-code', ...sandbox)).code).toBe(0);

    const status = await here('status', ...sandbox);
    expect(status.stdout).toContain('10.214.2.10');
    expect(status.stdout).toContain('2 of 2 running');
    const explain = await here('network', 'explain', `${a}-one`, `${b}-one`, '--port', '80');
    expect(explain.stdout).toContain('open: policy 1');

    // What is no longer declared goes only when asked, and only after a yes.
    await project.write(
      twoDomains(a, b, 214)
        .replace(`      ${b}-one: { ip: "10.214.2.10" }\n`, `      ${b}-two: {}\n`)
        .replace(`to: ${b}-one`, `to: ${b}-two`),
    );
    expect((await here('sync', '--delete-orphans')).code).toBe(0);
    const refused = await here('apply', '--prune', ...sandbox);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    expect((await instances()).map(({ name }) => name)).toContain(`${b}-one`);
    expect((await here('apply', '--prune', '--yes', ...sandbox)).code).toBe(0);
    expect((await instances()).map(({ name }) => name).sort()).toEqual([`${a}-one`, `${b}-two`]);
  });

  // Matrix: PR-302
  it('a wall that was opened by hand is found, with exit 1', async () => {
    await using project = await testProject(twoDomains(a, b, 214));
    const sandbox = [`--sandbox=${inject('sandbox')}`];
    const here = (...args: string[]) => anklume(args, { cwd: project.folder });
    expect((await here('up', '--prune', '--yes', ...sandbox)).code).toBe(0);
    await inSandbox('nft', 'delete', 'table', 'inet', 'anklume');
    expect((await here('network', 'status', ...sandbox)).stdout).toContain(
      'differ from the wanted ones',
    );
    const proof = await here('prove', ...sandbox);
    expect(proof.code).toBe(1);
    expect(proof.stdout).toContain('✗');
    expect((await here('network', 'deploy', ...sandbox)).stdout).toContain('were loaded');
    expect((await here('prove', ...sandbox)).code).toBe(0);
  });

  it('never loads rules on this machine for a daemon that lives elsewhere', async () => {
    await using project = await testProject(twoDomains(a, b, 214));
    const here = (...args: string[]) =>
      anklume(args, {
        cwd: project.folder,
        // Another home: the socket is not known to be that of a sandbox.
        env: { ANKLUME_HOME: join(project.folder, 'home') },
      });
    await here('sync');
    const { code, stderr } = await here('network', 'deploy');
    expect(code).toBe(4);
    expect(stderr).toContain('another machine');
  });
});
