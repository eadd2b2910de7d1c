import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import type { DeclaredMachine } from './declared.ts';
import { INTERNET, standInternet } from './internet.ts';
import { addressOf } from './machine-steps.ts';
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

Then('internet access works from all instances', async function (this: ScenarioWorld) {
  await standInternet(this.outside);
  const { machines } = await this.declared();
  const answers = await Promise.all(machines.map((machine) => pings(this, machine, INTERNET)));
  assert.deepEqual(
    machines.filter((_, at) => !answers[at]).map(({ name }) => name),
    [],
  );
});

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
  const answers = await Promise.all(
    pairs.map(({ from, to }) => pings(world, from, addresses.get(to) ?? '')),
  );
  return named(pairs.filter((_, at) => answers[at]));
}

function named(pairs: readonly Pair[]): string[] {
  return pairs.map(({ from, to }) => `${from.name} to ${to.name}`);
}

async function pings({ outside }: ScenarioWorld, from: DeclaredMachine, address: string) {
  const { code } = await outside.inMachine(from, 'ping', '-c', '2', '-W', '1', address);
  return code === 0;
}
