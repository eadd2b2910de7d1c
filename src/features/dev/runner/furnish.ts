import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AnklumeError, step } from '../../../base/messages/index.ts';
import { homeFolder, productRoot, writeAtomic } from '../../../base/system/index.ts';
import { cachedFiles } from '../../../images/index.ts';
import type { AnsibleReach } from '../../../provision/index.ts';
import { runPlaybook } from '../roles/playbook.ts';
import { placeAptFiles, waitUntilUp } from '../roles/set-up-machine.ts';
import type { Ground } from './objects.ts';
import { packDependencies, packRepository } from './pack.ts';
import { RUNNER } from './place.ts';
import { runnerInventory, runnerPlaybook } from './playbook.ts';

/** Image of the machines that roles are tested on. */
const TESTED = 'images:debian/13';

/** Makes a machine that runs the runner, with this repository as it stands. Does nothing twice. */
export async function furnishRunner(ground: Ground, reach: AnsibleReach): Promise<void> {
  const { emit, signal } = ground;
  const place = { name: RUNNER.instance, project: RUNNER.project };
  const boot = { en: 'Waiting for the test runner', fr: "Attente de la machine d'essai" };
  await step(emit, { id: 'runner:boot', label: boot }, async () => {
    await waitUntilUp(ground, place);
    await placeAptFiles(ground, place);
  });
  const label = { en: 'Setting the test runner up', fr: "Mise en place de la machine d'essai" };
  await step(emit, { id: 'runner:set-up', label }, async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'anklume-runner-'));
    try {
      await applyRole(ground, reach, scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
  signal?.throwIfAborted();
}

async function applyRole(
  { emit, signal }: Ground,
  reach: AnsibleReach,
  scratch: string,
): Promise<void> {
  const common = { ...(signal && { signal }) };
  const repository = await packRepository(scratch, common);
  const dependencies = await packDependencies(scratch, common);
  const images = await cachedFiles(TESTED);
  const freight = { repository, images, ...(dependencies !== undefined && { dependencies }) };
  const file = join(scratch, 'runner.yml');
  const inventory = join(scratch, 'inventory.yml');
  await writeFile(inventory, runnerInventory());
  await writeFile(file, runnerPlaybook(freight));
  await writeFile(join(scratch, 'ansible.cfg'), '');
  const result = await runPlaybook({
    file,
    inventory,
    rolesPath: [join(productRoot(), 'roles')],
    reach,
    scratch,
    ...common,
    onTask: (name) =>
      emit({ type: 'step.progress', id: 'runner:set-up', text: { en: name, fr: name } }),
  });
  const log = join(homeFolder(), 'test-runner', 'set-up.log');
  await writeAtomic(log, `${result.log}\n`);
  signal?.throwIfAborted();
  if (!result.ok) throw notSetUp(result.failure, log);
}

function notSetUp(failure: string, log: string): AnklumeError {
  return new AnklumeError({
    code: 'test-runner-set-up',
    message: {
      en: `The test runner could not be set up: ${failure}`,
      fr: `La machine d'essai n'a pas pu être mise en place : ${failure}`,
    },
    remedy: {
      en: `Every step is in ${log}. The same command goes on from here.`,
      fr: `Chaque étape est dans ${log}. La même commande reprend d'ici.`,
    },
  });
}
