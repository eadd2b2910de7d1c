import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then } from '@cucumber/cucumber';
import type { DeclaredMachine } from './declared.ts';
import type { ScenarioWorld } from './world.ts';

Then('all declared instances are running', async function (this: ScenarioWorld) {
  const { machines } = await this.declared();
  const running = (await this.outside.instances())
    .filter(({ status }) => status === 'Running')
    .map(({ name, project }) => `${project}/${name}`);
  assert.deepEqual(
    running.sort(),
    machines.map(({ name, project }) => `${project}/${name}`).sort(),
  );
});

Then('each instance has the correct static IP', async function (this: ScenarioWorld) {
  const { machines } = await this.declared();
  const seen = await Promise.all(machines.map((machine) => addressOf(this, machine)));
  assert.deepEqual(
    seen,
    machines.map(({ ip }) => ip),
  );
});

/** The address that the machine itself has on its card; it asks for it by DHCP while it boots. */
export async function addressOf(
  { outside, parameters }: ScenarioWorld,
  machine: DeclaredMachine,
): Promise<string> {
  const deadline = Date.now() + parameters.limit * 500;
  for (;;) {
    const { stdout } = await outside.inMachine(machine, 'ip', '-4', 'addr', 'show', 'dev', 'eth0');
    const address = /inet ([\d.]+)\//.exec(stdout)?.[1];
    if (address !== undefined || Date.now() > deadline) return address ?? '';
    await pause(100);
  }
}
