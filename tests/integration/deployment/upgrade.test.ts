import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type TestProject, testProject, twoDomains } from '../cli/projects.ts';
import { anklume, incusCli, incusQuery, inSandbox, uniqueName } from '../support.ts';

const [a, b] = ['a', 'b'].map(uniqueName) as [string, string];
const sandbox = [`--sandbox=${inject('sandbox')}`];
const PINS = ['hwaddr', 'host_name', 'security.mac_filtering'];

interface Live {
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Machines that an older version made: their cards have the address and nothing that ties a MAC to a port. */
describe('machines of an older version', () => {
  let project: TestProject;
  const here = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });
  const card = async (domain: string) =>
    (await incusQuery<Live>(`/1.0/instances/${domain}-one?project=${domain}`)).devices.eth0 ?? {};
  const proof = async () =>
    JSON.parse((await here('prove', '--json')).stdout.trim().split('\n').at(-1) ?? '');

  beforeAll(async () => {
    project = await testProject(twoDomains(a, b, 222));
    expect((await here('up', '--yes')).code).toBe(0);
  });
  afterAll(async () => {
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'delete', 'table', family, 'anklume').catch(() => '');
    for (const domain of [a, b]) {
      const all = `/1.0/projects/${domain}?force=1`;
      await incusCli('delete', '--force', `${domain}-one`, '--project', domain).catch(() => '');
      await incusCli('query', '-X', 'DELETE', all).catch(() => '');
      await incusCli('network', 'delete', `net-${domain}`).catch(() => '');
    }
    await project[Symbol.asyncDispose]();
  });

  it('P08-01: get their pins with the next apply, and answer as before', async () => {
    const before = await card(a);
    expect(Object.keys(before)).toEqual(expect.arrayContaining(PINS));
    for (const domain of [a, b]) {
      const name = `${domain}-one`;
      await incusCli('stop', '--force', '--project', domain, name);
      for (const key of PINS)
        await incusCli('config', 'device', 'unset', '--project', domain, name, 'eth0', key);
      await incusCli('start', '--project', domain, name);
    }
    for (const family of ['inet', 'bridge'])
      await inSandbox('nft', 'delete', 'table', family, 'anklume');
    expect(await card(a)).not.toHaveProperty('hwaddr');
    expect((await proof()).holds).toBe(false);

    expect((await here('up', '--yes')).code).toBe(0);
    expect(await card(a)).toEqual(before);
    expect(await proof()).toMatchObject({ holds: true, mismatches: [], deviations: [] });
    const answer = incusCli(
      ...['exec', '--project', a, `${a}-one`, '--', 'nc', '-w', '2', '10.222.2.10', '80'],
    );
    await expect(answer).rejects.toThrow(/refused/);
  });
});
