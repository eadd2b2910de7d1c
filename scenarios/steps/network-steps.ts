import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import type { DeclaredMachine } from './declared.ts';
import { fetchFrom } from './http.ts';
import { INTERNET, standInternet } from './internet.ts';
import { addressOf, instanceOf } from './machine-steps.ts';
import type { ScenarioWorld } from './world.ts';

Then('intra-domain connectivity works', async function (this: ScenarioWorld) {
  const pairs = (await this.declared()).pairs('inside');
  assert.ok(pairs.length > 0, 'no domain has two machines');
  assert.deepEqual(await reached(this, pairs), named(pairs));
});

Then('inter-domain connectivity is blocked', async function (this: ScenarioWorld) {
  const pairs = (await this.declared()).pairs('across');
  assert.ok(pairs.length > 0, 'there is one domain only');
  assert.deepEqual(await reached(this, pairs), []);
});

Then('inter-domain connectivity is not blocked', async function (this: ScenarioWorld) {
  const pairs = (await this.declared()).pairs('across');
  assert.deepEqual(await reached(this, pairs), named(pairs));
});

When('somebody deletes the isolation rules by hand', async function (this: ScenarioWorld) {
  for (const family of ['inet', 'bridge'])
    await this.outside.onHost('nft', 'delete', 'table', family, 'anklume');
});

Then('internet access works from all instances', async function (this: ScenarioWorld) {
  await standInternet(this.outside);
  const { machines } = await this.declared();
  const answers = await Promise.all(machines.map((machine) => pings(this, machine, INTERNET)));
  assert.deepEqual(
    machines.filter((_, at) => !answers[at]).map(({ name }) => name),
    [],
  );
});

Then(
  /^"([^"]+)" (reaches|does not reach) the internet$/,
  async function (this: ScenarioWorld, name, word) {
    await standInternet(this.outside);
    const machine = await instanceOf(this, name);
    assert.equal((await addressOf(this, machine)) !== '', true);
    assert.equal(await pings(this, machine, INTERNET), word === 'reaches');
  },
);

/** A page that says whose it is. */
Given(
  '{string} serves a page on port {int}',
  async function (this: ScenarioWorld, name: string, port: number) {
    const machine = await instanceOf(this, name);
    const script = 'mkdir -p /www && echo "$1" >/www/index.html && httpd -p "$2" -h /www';
    const { code, stderr } = await this.outside.inMachine(
      ...[machine, 'sh', '-c', script, 'sh', name, String(port)],
    );
    assert.equal(code, 0, stderr);
  },
);

Then(
  /^"([^"]+)" (can|cannot) fetch the page of "([^"]+)" on port (\d+)$/,
  async function (this: ScenarioWorld, from: string, word: string, to: string, port: string) {
    const address = await addressOf(this, await instanceOf(this, to));
    const sender = await instanceOf(this, from);
    await addressOf(this, sender);
    const page = await fetchFrom(this, sender, { address, port: Number(port) });
    assert.equal(page, word === 'can' ? to : undefined);
  },
);

interface Pair {
  readonly from: DeclaredMachine;
  readonly to: DeclaredMachine;
}

/** The pairs of which the one gets an answer from the other: real packets, from the machine's own `ping`. */
async function reached(world: ScenarioWorld, pairs: readonly Pair[]): Promise<string[]> {
  const machines = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))];
  const addresses = new Map(
    await Promise.all(
      machines.map(async (machine) => [machine, await addressOf(world, machine)] as const),
    ),
  );
  assert.ok(![...addresses.values()].includes(''), 'a machine has no address');
  const answers = await Promise.all(
    pairs.map(({ from, to }) => pings(world, from, addresses.get(to) ?? '')),
  );
  return named(pairs.filter((_, at) => answers[at]));
}

function named(pairs: readonly Pair[]): string[] {
  return pairs.map(({ from, to }) => `${from.name} to ${to.name}`);
}

/** Whether one machine's own `ping` gets an answer. */
export async function pings(
  { outside }: ScenarioWorld,
  from: Pick<DeclaredMachine, 'name' | 'project'>,
  address: string,
) {
  const { code } = await outside.inMachine(from, 'ping', '-c', '2', '-W', '1', address);
  return code === 0;
}
