import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import type { DeclaredMachine } from './declared.ts';
import type { Instance } from './place.ts';
import type { ScenarioWorld } from './world.ts';

Then('all declared instances are running', async function (this: ScenarioWorld) {
  const { machines } = await this.declared();
  const running = (await this.outside.instances())
    .filter(({ status }) => status === 'Running')
    .map(({ name, project }) => `${project}/${name}`);
  const wanted = machines.map(({ name, project }) => `${project}/${name}`);
  assert.deepEqual(running.sort(), wanted.sort());
});

Then('each instance has the correct static IP', async function (this: ScenarioWorld) {
  const { machines } = await this.declared();
  const seen = await Promise.all(machines.map((machine) => addressOf(this, machine)));
  assert.deepEqual(
    seen,
    machines.map(({ ip }) => ip),
  );
});

Then('the new domain is not deployed', async function (this: ScenarioWorld) {
  const instances = await this.outside.instances();
  assert.ok(!instances.some(({ project }) => project === 'garage'));
  const networks = await this.outside.incus('network', 'list', '--format', 'csv');
  assert.ok(!networks.includes('net-garage'), networks);
});

Then(/^"([^"]+)" is (running|stopped)$/, async function (this: ScenarioWorld, name, state) {
  assert.equal((await instanceOf(this, name)).status.toLowerCase(), state);
});

Then('there is no machine {string}', async function (this: ScenarioWorld, name: string) {
  const names = (await living(this)).map((one) => one.name);
  assert.ok(!names.includes(name), `machines: ${names.join(', ')}`);
});

Then('there is no machine at all', async function (this: ScenarioWorld) {
  assert.deepEqual(await this.outside.instances(), []);
});

/** What lies in the trash is no machine any more. */
async function living({ outside }: ScenarioWorld): Promise<Instance[]> {
  return (await outside.instances()).filter(({ project }) => project !== 'anklume-trash');
}

/** The machine of that name, whatever project it is in. */
export async function instanceOf(world: ScenarioWorld, name: string): Promise<Instance> {
  const found = (await living(world)).find((one) => one.name === name);
  if (!found) throw new Error(`there is no machine '${name}'`);
  return found;
}

const NOTE = '/root/note';

When('I modify a file inside {string}', async function (this: ScenarioWorld, name: string) {
  await write(this, name, NOTE, 'modified');
});

Then('the file modification is reverted', async function (this: ScenarioWorld) {
  const { machines } = await this.declared();
  for (const { name } of machines)
    assert.notEqual(await textIn(this, name, NOTE), 'modified', name);
});

When(
  'I create snapshot {string} on {string}',
  async function (this: ScenarioWorld, snapshot, name) {
    await this.must(`anklume snapshot create ${name} ${snapshot}`);
  },
);

When(
  'I restore snapshot {string} on {string}',
  async function (this: ScenarioWorld, snapshot, name) {
    await this.must(`anklume snapshot restore ${name} ${snapshot} --yes`);
  },
);

Given(
  'the file {string} in {string} says {string}',
  async function (this: ScenarioWorld, path: string, name: string, text: string) {
    await write(this, name, path, text);
  },
);

Then(
  'the file {string} in {string} still says {string}',
  async function (this: ScenarioWorld, path: string, name: string, text: string) {
    assert.equal(await textIn(this, name, path), text);
  },
);

Then(
  'the file {string} has arrived in {string}, saying {string}',
  async function (this: ScenarioWorld, path: string, name: string, text: string) {
    assert.equal(await textIn(this, name, path), text);
  },
);

Then(
  'there is no file {string} in {string}',
  async function (this: ScenarioWorld, path: string, name: string) {
    assert.equal(await textIn(this, name, path), undefined);
  },
);

export async function write(world: ScenarioWorld, name: string, path: string, text: string) {
  const { code, stderr } = await world.outside.inMachine(
    ...[await instanceOf(world, name), 'sh', '-c', 'printf %s "$1" >"$2"', 'sh', text, path],
  );
  assert.equal(code, 0, stderr);
}

/** Undefined where there is no such file. */
async function textIn(world: ScenarioWorld, name: string, path: string) {
  const machine = await instanceOf(world, name);
  const { code, stdout } = await world.outside.inMachine(machine, 'cat', path);
  return code === 0 ? stdout : undefined;
}

/** By hand, with the client of Incus: nothing marks it as ours. */
Given('somebody else has made the machine {string}', async function (this: ScenarioWorld, name) {
  const image = this.parameters.image;
  await this.outside.incus('create', image, name, '--quiet', '--storage', 'default');
});

Given(
  'somebody else has made the machine {string} in the project {string}',
  async function (this: ScenarioWorld, name: string, project: string) {
    const shared = ['-c', 'features.images=false', '-c', 'features.profiles=false'];
    await this.outside.incus('project', 'create', project, ...shared);
    const where = ['--project', project, '--storage', 'default'];
    await this.outside.incus('create', this.parameters.image, name, '--quiet', ...where);
  },
);

When('somebody deletes the machine {string} by hand', async function (this: ScenarioWorld, name) {
  const { project } = await instanceOf(this, name);
  await this.outside.incus('delete', '--force', name, '--project', project);
});

/** The address that the machine itself has on its card; it asks for it by DHCP while it boots. */
export async function addressOf(
  { outside, parameters }: ScenarioWorld,
  machine: Pick<DeclaredMachine, 'name' | 'project'>,
): Promise<string> {
  const deadline = Date.now() + parameters.limit * 500;
  for (;;) {
    const { stdout } = await outside.inMachine(machine, 'ip', '-4', 'addr', 'show', 'dev', 'eth0');
    const address = /inet ([\d.]+)\//.exec(stdout)?.[1];
    if (address !== undefined || Date.now() > deadline) return address ?? '';
    await pause(100);
  }
}
