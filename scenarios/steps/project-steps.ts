import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { productRoot } from '../../src/system/index.ts';
import type { ScenarioWorld } from './world.ts';

Given('a clean sandbox environment', async function (this: ScenarioWorld) {
  assert.deepEqual(await this.outside.instances(), []);
  const networks = await this.outside.query<{ managed: boolean }[]>('/1.0/networks?recursion=1');
  assert.deepEqual(
    networks.filter(({ managed }) => managed),
    [],
  );
});

Given('images are pre-cached via shared repository', async function (this: ScenarioWorld) {
  const { image } = this.parameters;
  const list = await this.outside.incus('image', 'list', '--format', 'csv', '--columns', 'l');
  assert.deepEqual(list.trim().split('\n'), [image]);
});

/** `examples/pro-workstation.infra.yml` stands for the example of that name. */
Given('infra.yml from {string}', async function (this: ScenarioWorld, path: string) {
  const folder = path.replace(/\.infra\.yml$/, '').replace(/\/infra\.yml$/, '');
  await this.writeInfra(await readFile(join(productRoot(), folder, 'infra.yml'), 'utf8'));
});

Given('this infra.yml:', async function (this: ScenarioWorld, text: string) {
  await this.writeInfra(text);
});

When('I write this infra.yml:', async function (this: ScenarioWorld, text: string) {
  await this.writeInfra(text);
});

Given('infra.yml exists but no inventory files', async function (this: ScenarioWorld) {
  await access(this.path('infra.yml'));
  await assert.rejects(readdir(this.path('inventory')));
});

Given('a deployed infrastructure', async function (this: ScenarioWorld) {
  await this.must('anklume up');
});

Then('inventory files exist for all domains', async function (this: ScenarioWorld) {
  const { domains } = await this.declared();
  assert.ok(domains.length > 0);
  const files = await readdir(this.path('inventory'));
  assert.deepEqual(files.sort(), domains.map((domain) => `${domain}.yml`).sort());
});

/** The example asks for a graphics card, which not every host has. */
Given(
  'the host has no graphics card for {string}',
  async function (this: ScenarioWorld, machine: string) {
    const infra = await this.infra();
    const [before = '', after = ''] = infra.split(`      ${machine}:\n`);
    assert.ok(after.includes('[default, gpu]'), `${machine} has no graphics card`);
    const without = after.replace('[default, gpu]', '[default]');
    await this.writeInfra(`${before}      ${machine}:\n${without}`);
  },
);

When('I add a new domain to infra.yml without running sync', async function (this: ScenarioWorld) {
  await this.writeInfra(withDomain(await this.infra(), 'garage'));
});

Then('the new domain is not deployed', async function (this: ScenarioWorld) {
  const instances = await this.outside.instances();
  assert.ok(!instances.some(({ project }) => project === 'garage'));
  const networks = await this.outside.incus('network', 'list', '--format', 'csv');
  assert.ok(!networks.includes('net-garage'), networks);
});

/** One more domain of one machine, before the policies. */
function withDomain(infra: string, name: string): string {
  const domain = `  ${name}:\n    subnet_id: 77\n    machines:\n      ${name}-one: {}\n`;
  const at = infra.search(/^network_policies:/m);
  return at === -1
    ? `${infra.trimEnd()}\n${domain}`
    : `${infra.slice(0, at)}\n${domain}\n${infra.slice(at)}`;
}
