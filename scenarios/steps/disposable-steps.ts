import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { addressOf, instanceOf } from './machine-steps.ts';
import { pings } from './network-steps.ts';
import type { ScenarioWorld } from './world.ts';

When(
  'I launch a disposable machine in the domain {string}',
  async function (this: ScenarioWorld, domain) {
    await this.must(`anklume disp launch --domain ${domain}`);
  },
);

Then(
  /^the disposable machine (reaches|does not reach) "([^"]+)"$/,
  async function (this: ScenarioWorld, word: string, to: string) {
    const declared = (await this.declared()).machines.map(({ name }) => name);
    const others = (await this.outside.instances()).filter(({ name }) => !declared.includes(name));
    const [disposable] = others;
    assert.ok(disposable && others.length === 1, `${others.length} machines are not declared`);
    assert.notEqual(await addressOf(this, disposable), '');
    const address = await addressOf(this, await instanceOf(this, to));
    assert.equal(await pings(this, disposable, address), word === 'reaches');
  },
);
