import { readdirSync } from 'node:fs';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { productRoot } from '../../../src/base/system/index.ts';
import { testProject } from '../cli/projects.ts';
import { listed, removeDomains } from '../engine/daemon.ts';
import { anklume, incusQuery, inSandbox } from '../support.ts';

const sandbox = [`--sandbox=${inject('sandbox')}`];
const examples = readdirSync(join(productRoot(), 'examples'));
let domains: string[] = [];

afterEach(async () => {
  await removeDomains(...domains);
  await inSandbox('nft', 'destroy', 'table', 'inet', 'anklume').catch(() => '');
  domains = [];
});

/** A synced project from an example, with the small image in place of the large one. */
async function synced(example: string) {
  const project = await testProject();
  await anklume(['init', project.folder, '--example', example]);
  const path = join(project.folder, 'infra.yml');
  await writeFile(path, (await readFile(path, 'utf8')).replace('images:debian/13', 'probe'));
  const here = (...args: string[]) => anklume(args, { cwd: project.folder });
  expect((await here('sync')).code).toBe(0);
  const list = JSON.parse((await here('domain', 'list', '--json')).stdout);
  domains = list.domains.map(({ name }: { name: string }) => name);
  return { project, here };
}

/** What an example asks for that not every host gives, and the words that say so. */
const NEEDS: Readonly<Record<string, readonly [part: 'gpu' | 'vm', words: RegExp]>> = {
  'pro-workstation': ['gpu', /GPU/],
  'sandbox-isolation': ['vm', /KVM/],
};

/** Whether the daemon's host has it, asked of the daemon. */
async function lacks(part: 'gpu' | 'vm'): Promise<boolean> {
  if (part === 'gpu') {
    const { gpu } = await incusQuery<{ gpu: { total: number } }>('/1.0/resources');
    return gpu.total === 0;
  }
  const { environment } = await incusQuery<{ environment: { driver: string } }>('/1.0');
  return !environment.driver.includes('qemu');
}

describe.each(examples)('the example %s', (example) => {
  it('P07-05: syncs twice with one result, and comes up proved or says what the host lacks', async () => {
    const { project, here } = await synced(example);
    await using _project = project;
    const before = await project.snapshot();
    expect((await here('sync')).stdout).toContain('0 files written');
    expect(await project.snapshot()).toEqual(before);

    const up = await here('up', ...sandbox);
    const [part, reason] = NEEDS[example] ?? [];
    // The small image is none for virtual machines: where they can run, the plan alone is looked at.
    const isVm = part === 'vm' && !(await lacks('vm'));
    if (part && reason && (isVm || (await lacks(part)))) {
      if (isVm) return;
      expect(up.code).toBe(1);
      expect(up.stderr).toMatch(reason);
      expect(await listed(...domains)).toEqual([]);
      return;
    }
    expect([up.code, up.stdout]).toEqual([0, expect.stringContaining('0 mismatches')]);
    expect((await here('up', ...sandbox)).stdout).toMatch(/0 changes, /);
  });
});

it('P07-08: pro-workstation comes up walled and proved once a line of the user leaves the GPU out', async () => {
  const { project, here } = await synced('pro-workstation');
  await using _project = project;
  const vars = join(project.folder, 'host_vars/homelab-llm.yml');
  await appendFile(vars, 'instance_profiles: [default]\n');
  const up = await here('up', '--json', ...sandbox);
  expect(JSON.parse(up.stdout)).toMatchObject({ good: true, proof: { holds: true } });
  const instances = await listed(...domains);
  expect(instances.map(({ name, status }) => [name, status])).toEqual([
    ['anklume-instance', 'Running'],
    ['homelab-files', 'Running'],
    ['homelab-llm', 'Running'],
    ['perso-desktop', 'Running'],
    ['pro-dev', 'Running'],
  ]);
  for (const { expanded_devices: devices } of instances)
    expect(Object.values(devices).map(({ type }) => type)).not.toContain('gpu');
  expect((await here('sync')).stdout).toContain('0 files written');
});
