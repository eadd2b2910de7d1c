import { rm } from 'node:fs/promises';
import { After, Before, setDefaultTimeout } from '@cucumber/cucumber';
import { clearSandbox } from './clear.ts';
import type { ScenarioWorld } from './world.ts';

setDefaultTimeout(Number(process.env.ANKLUME_STEP_LIMIT ?? 120) * 1000);

Before({ name: 'a project folder' }, async function (this: ScenarioWorld, { pickle }) {
  await this.prepare();
  this.watching = pickle.steps.some(({ text }) => / Incus /.test(text));
});

/** Also after a failure: the next scenario finds an empty sandbox. */
After({ name: 'an empty sandbox' }, async function (this: ScenarioWorld) {
  for (const step of this.undo.reverse()) await step();
  await clearSandbox(this.outside, this.parameters.image);
  await rm(this.folder, { recursive: true, force: true });
});
