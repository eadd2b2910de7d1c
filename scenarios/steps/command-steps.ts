import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import type { ScenarioWorld } from './world.ts';

When('I run {string}', async function (this: ScenarioWorld, command: string) {
  await this.run(command);
});

When(
  'I run {string} within {int} seconds',
  async function (this: ScenarioWorld, command: string, limit: number) {
    await this.run(command, { limit });
  },
);

When(
  'I run {string} with the input {string}',
  async function (this: ScenarioWorld, command: string, input: string) {
    await this.run(command, { input });
  },
);

Then('exit code is {int}', function (this: ScenarioWorld, code: number) {
  const { exitCode, stderr, stdout } = this.last;
  assert.equal(exitCode, code, (stderr + stdout).slice(-2000));
});

Then('exit code is non-zero', function (this: ScenarioWorld) {
  assert.notEqual(this.last.exitCode, 0);
});

Then('output contains {string}', function (this: ScenarioWorld, words: string) {
  assertContains(this.last.stdout + this.last.stderr, words);
});

Then('output does not contain {string}', function (this: ScenarioWorld, words: string) {
  const { stdout, stderr } = this.last;
  assert.ok(!flat(stdout + stderr).includes(words), stdout + stderr);
});

Then('stderr contains {string}', function (this: ScenarioWorld, words: string) {
  assertContains(this.last.stderr, words);
});

/** A make target and the command of the same name are the same advice. */
Then(
  'stderr contains guidance to run {string} first',
  function (this: ScenarioWorld, advice: string) {
    const verb = advice.replace(/^(make|anklume) /, '');
    const { stderr } = this.last;
    assert.ok(
      [`make ${verb}`, `anklume ${verb}`].some((words) => stderr.includes(words)),
      stderr,
    );
  },
);

Then('output warns about potential drift', function (this: ScenarioWorld) {
  assertContains(this.last.stderr, 'The tree is not what infra.yml says now');
});

Then('no Incus resources were created', async function (this: ScenarioWorld) {
  assert.equal(await this.outside.digest(), this.before);
});

Then('nothing in Incus has changed', async function (this: ScenarioWorld) {
  assert.equal(await this.outside.digest(), this.before);
});

function assertContains(text: string, words: string): void {
  // The report has the output beside this.
  assert.ok(flat(text).includes(words), `the output does not contain '${words}'`);
}

/** Lines that were wrapped for a terminal read as one. */
function flat(text: string): string {
  return `${text}\n${text.replace(/\s+/g, ' ')}`;
}
