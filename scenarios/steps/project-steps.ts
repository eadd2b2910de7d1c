import assert from 'node:assert/strict';
import { access, appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Given, Then, When } from '@cucumber/cucumber';
import { productRoot } from '../../src/base/system/index.ts';
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

/** `examples/NAME` and `examples/NAME.infra.yml` stand for the example of that name. */
async function exampleText(path: string): Promise<string> {
  const name = join(productRoot(), path.replace(/\.infra\.yml$/, ''));
  for (const file of [`${name}/infra.yml`, `${name}.infra.yml`])
    try {
      return await readFile(file, 'utf8');
    } catch {
      // The other form, then.
    }
  throw new Error(`there is no ${path}`);
}

Given('infra.yml from {string}', async function (this: ScenarioWorld, path: string) {
  await this.writeInfra(await exampleText(path));
});

Given('this infra.yml:', async function (this: ScenarioWorld, text: string) {
  await this.writeInfra(text);
});

Given('infra.yml exists but no inventory files', async function (this: ScenarioWorld) {
  await access(this.path('infra.yml'));
  await assert.rejects(readdir(this.path('inventory')));
});

/** An office of two domains; nothing is made yet. */
Given('the office of two domains', async function (this: ScenarioWorld) {
  await this.writeInfra(await exampleText('scenarios/worlds/office'));
});

/** The machines alone: no rules yet. */
Given('the machines of the office', async function (this: ScenarioWorld) {
  await this.writeInfra(await exampleText('scenarios/worlds/office'));
  await this.must('anklume sync');
  await this.must('anklume apply infra');
});

Given('a deployed infrastructure', async function (this: ScenarioWorld) {
  await this.must('anklume up');
});

Given('a deployed office', async function (this: ScenarioWorld) {
  await this.writeInfra(await exampleText('scenarios/worlds/office'));
  await this.must('anklume up');
});

Given('a running pro-workstation infrastructure', async function (this: ScenarioWorld) {
  await this.writeInfra(await exampleText('examples/pro-workstation'));
  await withoutCard(this, 'homelab-llm');
  await this.must('anklume sync');
  await this.must('anklume apply infra');
});

/** The example asks for a graphics card, which not every host has. */
Given('the host has no graphics card for {string}', withoutCardOf);

async function withoutCardOf(this: ScenarioWorld, machine: string): Promise<void> {
  await withoutCard(this, machine);
}

async function withoutCard(world: ScenarioWorld, machine: string): Promise<void> {
  const [before = '', after = ''] = (await world.infra()).split(`      ${machine}:\n`);
  assert.ok(after.includes('[default, gpu]'), `${machine} has no graphics card`);
  const without = after.replace('[default, gpu]', '[default]');
  await world.writeInfra(`${before}      ${machine}:\n${without}`);
}

When('I add a new domain to infra.yml without running sync', async function (this: ScenarioWorld) {
  await this.writeInfra(withDomain(await this.infra(), 'garage'));
});

When('I add the domain {string} to infra.yml', async function (this: ScenarioWorld, name: string) {
  await this.writeInfra(withDomain(await this.infra(), name));
});

/** One more domain of one machine, before the policies. */
function withDomain(infra: string, name: string): string {
  const domain = `  ${name}:\n    subnet_id: 77\n    ephemeral: true\n    machines:\n      ${name}-one: {}\n`;
  const at = infra.search(/^network_policies:/m);
  if (at === -1) return `${infra.trimEnd()}\n${domain}`;
  return `${infra.slice(0, at)}\n${domain}\n${infra.slice(at)}`;
}

When('I append to infra.yml:', async function (this: ScenarioWorld, text: string) {
  await this.writeInfra(`${(await this.infra()).trimEnd()}\n${text}\n`);
});

When(
  'I replace {string} with {string} in infra.yml',
  async function (this: ScenarioWorld, before: string, after: string) {
    await replaceIn(this.path('infra.yml'), before, after);
  },
);

When(
  'I replace {string} with {string} in the file {string}',
  async function (this: ScenarioWorld, before: string, after: string, file: string) {
    await replaceIn(this.path(file), before, after);
  },
);

async function replaceIn(path: string, before: string, after: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  assert.ok(text.includes(before), `${path} does not hold '${before}'`);
  await writeFile(path, text.replaceAll(before, after));
}

When('I remove the domain {string} from infra.yml', async function (this: ScenarioWorld, name) {
  const infra = await this.infra();
  const without = infra.replace(new RegExp(`^  ${name}:\\n(?:    .*\\n|\\s*\\n)*`, 'm'), '');
  assert.notEqual(without, infra);
  await this.writeInfra(without);
});

When(
  'I add the line {string} to the file {string}',
  async function (this: ScenarioWorld, line: string, file: string) {
    await appendFile(this.path(file), `${line}\n`);
  },
);

Then('the file {string} contains {string}', async function (this: ScenarioWorld, file, words) {
  const text = await readFile(this.path(file), 'utf8');
  assert.ok(text.includes(words), text);
});

Then(
  'the file {string} does not contain {string}',
  async function (this: ScenarioWorld, file: string, words: string) {
    const text = await readFile(this.path(file), 'utf8');
    assert.ok(!text.includes(words), text);
  },
);

Then('no inventory was written', async function (this: ScenarioWorld) {
  await assert.rejects(readdir(this.path('inventory')));
});

Then('inventory files exist for all domains', async function (this: ScenarioWorld) {
  const { domains } = await this.declared();
  assert.ok(domains.length > 0);
  const files = await readdir(this.path('inventory'));
  assert.deepEqual(files.sort(), domains.map((domain) => `${domain}.yml`).sort());
});

/** The example has three; a third adds time and nothing else. */
Given('there are two students', async function (this: ScenarioWorld) {
  const infra = (await this.infra())
    .replace(/^ {2}student-03:\n(?: {4}.*\n|\n)*/m, '')
    .replace(/ {2}- description: Student 3[\s\S]*/, '');
  assert.ok(!infra.includes('student-03'));
  await this.writeInfra(infra);
});

Given('the domain {string} is protected', async function (this: ScenarioWorld, name: string) {
  const [before = '', after = ''] = (await this.infra()).split(`  ${name}:\n`);
  const kept = after.replace('ephemeral: true', 'ephemeral: false');
  await this.writeInfra(`${before}  ${name}:\n${kept}`);
});

Given('the machines are made', async function (this: ScenarioWorld) {
  await this.must('anklume sync');
  await this.must('anklume apply infra');
});

When('the office has no policies any more', async function (this: ScenarioWorld) {
  await this.writeInfra(await exampleText('scenarios/worlds/office'));
});

/** What sync keeps of a protected machine is taken away by hand. */
Then('the tree no longer names the domain {string}', async function (this: ScenarioWorld, name) {
  for (const file of [`inventory/${name}.yml`, `group_vars/${name}.yml`])
    await writeFile(this.path(file), '');
});
