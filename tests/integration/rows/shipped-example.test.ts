import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type TestProject, testProject } from '../cli/projects.ts';
import { listed, names, removeDomains } from '../engine/daemon.ts';
import { anklume, incusCli, inSandbox } from '../support.ts';

const DOMAINS = ['anklume', 'homelab', 'perso', 'pro'];
const sandbox = [`--sandbox=${inject('sandbox')}`];

let project: TestProject;
let infra: string;
const here = (...args: string[]) => anklume([...args, ...sandbox], { cwd: project.folder });
const sync = () => anklume(['sync'], { cwd: project.folder });

beforeAll(async () => {
  project = await testProject();
  await anklume(['init', project.folder]);
  const path = join(project.folder, 'infra.yml');
  infra = (await readFile(path, 'utf8')).replace('images:debian/13', 'probe');
  await writeFile(path, infra);
});
afterAll(async () => {
  await removeDomains(...DOMAINS);
  await inSandbox('nft', 'destroy', 'table', 'inet', 'anklume').catch(() => '');
  await project[Symbol.asyncDispose]();
});

describe('the shipped infra.yml', () => {
  it('P01-02 P02-09: comes up with exactly its names, bridges and addresses, all running', async () => {
    expect((await here('up')).code).toBe(0);
    const instances = await listed(...DOMAINS);
    expect(instances.map(({ name, project, status }) => [name, project, status])).toEqual([
      ['anklume-instance', 'anklume', 'Running'],
      ['homelab-llm', 'homelab', 'Running'],
      ['perso-desktop', 'perso', 'Running'],
      ['pro-dev', 'pro', 'Running'],
    ]);
    const own = async (name: string, domain: string) =>
      (await incusCli('exec', name, '--project', domain, '--', 'ip', '-4', 'addr')).match(
        /inet (10\.100\.\S+)/,
      )?.[1];
    expect(await Promise.all(instances.map(({ name, project }) => own(name, project)))).toEqual([
      '10.100.0.10/24',
      '10.100.3.10/24',
      '10.100.1.10/24',
      '10.100.2.10/24',
    ]);
    expect(await names('network')).toEqual(
      expect.arrayContaining(['net-anklume', 'net-homelab', 'net-perso', 'net-pro']),
    );
  });

  it('P02-06 P02-13: a line by hand counts, from any folder below, and none leads into a machine', async () => {
    const host = join(project.folder, 'host_vars/pro-dev.yml');
    await appendFile(host, 'instance_config: { limits.processes: "321" }\n');
    const group = join(project.folder, 'group_vars/pro.yml');
    await appendFile(group, 'ansible_connection: ssh\nansible_host: 192.0.2.1\n');
    const below = join(project.folder, 'roles/deep');
    await mkdir(below, { recursive: true });
    const { code, stdout } = await anklume(['apply', ...sandbox], { cwd: below });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/1 change, /)]);
    const [dev] = await listed('pro');
    expect(dev?.config['limits.processes']).toBe('321');
    expect((await here('apply')).stdout).toMatch(/0 changes, /);
  });

  it('P05-03: devices reach host_vars and the machine, work there, and go when they are taken out', async () => {
    const shared = join(project.folder, 'shared');
    await mkdir(shared);
    await writeFile(join(shared, 'hello'), 'from the host\n');
    const devices = `
        devices:
          share: { type: disk, source: ${shared}, path: /mnt/share, readonly: "true" }
          door: { type: proxy, listen: "tcp:127.0.0.1:8099", connect: "tcp:127.0.0.1:80", bind: instance }`;
    const path = join(project.folder, 'infra.yml');
    await writeFile(path, infra.replace('ip: "10.100.1.10"', `ip: "10.100.1.10"${devices}`));
    await sync();
    const vars = await readFile(join(project.folder, 'host_vars/perso-desktop.yml'), 'utf8');
    expect(vars).toMatch(/instance_devices:\n {2}share:/);
    expect((await here('apply')).code).toBe(0);
    const [desktop] = await listed('perso');
    expect(Object.keys(desktop?.devices ?? {}).sort()).toEqual(['door', 'eth0', 'share']);
    const read = ['exec', 'perso-desktop', '--project', 'perso', '--', 'cat', '/mnt/share/hello'];
    expect(await incusCli(...read)).toBe('from the host');

    await writeFile(path, infra);
    await sync();
    expect((await here('apply')).code).toBe(0);
    const [after] = await listed('perso');
    expect(Object.keys(after?.devices ?? {})).toEqual(['eth0']);
  });

  it('P22-17: a protected machine that is no longer declared stays, and the refusal says why', async () => {
    const without = infra
      .replace(/ {2}homelab:[\s\S]*?\n\n(?=# Everything)/, '')
      .replace(/network_policies:[\s\S]*/, '');
    await writeFile(join(project.folder, 'infra.yml'), without);
    const cleaned = await anklume(['sync', '--delete-orphans'], { cwd: project.folder });
    expect(cleaned.stdout).toContain('host_vars/homelab-llm.yml  orphan, protected: stays');
    for (const path of ['inventory/homelab.yml', 'group_vars/homelab.yml'])
      await writeFile(join(project.folder, path), '');
    const { code, stderr } = await here('apply', '--prune', '--yes');
    expect(code).toBe(1);
    expect(stderr).toContain("'homelab-llm' is protected");
    expect((await listed('homelab')).map(({ status }) => status)).toEqual(['Running']);
  });
});
