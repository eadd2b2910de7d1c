import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { anklume, incusCli, incusQuery, resultOf, uniqueName } from '../support.ts';
import { type TestProject, testProject } from './projects.ts';

const a = uniqueName('rn');
const [old, fresh] = [`${a}-old`, `${a}-new`];
let project: TestProject;
const here = (...args: string[]) => anklume(args, { cwd: project.folder });
const goesWell = async (...args: string[]) => {
  const { code, stderr } = await here(...args);
  expect(code, stderr).toBe(0);
};
const infra = (name: string) => `project_name: ${a}
global: { default_os_image: probe, persistent_data_base: /srv/${a}, base_subnet: "10.116" }
domains:
  ${a}:
    subnet_id: 1
    machines:
      ${name}:
        persistent_data: { mail: /var/mail }
        storage_volumes: { spool: { path: /srv/spool, size: 50MiB } }
`;
const inside = (name: string, script: string) =>
  incusCli('exec', name, '--project', a, '--', 'sh', '-c', script);
const machines = async () =>
  (await incusQuery<{ name: string; status: string }[]>(`/1.0/instances?project=${a}&recursion=1`))
    .map(({ name, status }) => `${name} ${status}`)
    .sort();
/** What was written on its disk and its volume is there, under this name. */
const holds = async (name: string) => {
  expect(await machines()).toEqual([`${name} Running`]);
  expect(await inside(name, 'cat /root/kept /srv/spool/kept /var/mail/kept')).toBe(
    'disk\nvolume\nfolder',
  );
};

beforeAll(async () => {
  project = await testProject(infra(old));
  await goesWell('apply', '--sync', '--yes', '--socket', inject('socket'));
  await inside(
    old,
    'echo disk > /root/kept && echo volume > /srv/spool/kept && echo folder > /var/mail/kept',
  );
});
afterAll(async () => {
  await here('flush', '--force', '--yes');
  await project[Symbol.asyncDispose]();
});

describe('case 16: a machine that infra.yml gives another name', () => {
  it('B07-06: is asked for, and no second one is made on its volume', async () => {
    await project.write(infra(fresh));
    const asked = await here('apply', '--sync', '--yes');
    expect(asked).toMatchObject({ code: 1 });
    expect(asked.stderr).toContain('is it the same machine under another name?');
    expect(asked.stderr).toContain(`anklume up --rename ${old}=${fresh}`);
    await holds(old);
    const wrong = await here('apply', '--yes', '--rename', `${old}=nobody`);
    expect(wrong).toMatchObject({ code: 2 });
    const shown = resultOf<{ entries: { id: string; action: string }[] }>(
      await here('plan', '--rename', `${old}=${fresh}`, '--json'),
    );
    expect(shown.entries.map(({ id, action }) => `${action} ${id}`)).toContain(
      `update instance:${a}/${fresh}`,
    );
    await holds(old);
  }, 120_000);

  it('B07-06: goes on under it, with all that it holds, one that is frozen as well', async () => {
    await incusCli('pause', old, '--project', a);
    await goesWell('apply', '--yes', '--rename', `${old}=${fresh}`);
    await holds(fresh);
    await goesWell('apply', '--yes', '--rename', `${old}=${fresh}`);
    const plan = resultOf<{ entries: unknown[]; orphans: unknown[] }>(await here('plan', '--json'));
    expect(plan).toMatchObject({ entries: [], orphans: [] });
  }, 120_000);

  it('B07-06: has its old name again after a rollback', async () => {
    await goesWell('rollback', '--yes', '--dry-run');
    await holds(fresh);
    await goesWell('rollback', '--yes');
    await holds(old);
  }, 120_000);
});
