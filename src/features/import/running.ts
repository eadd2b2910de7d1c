import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorsOf, type Problem, type Text } from '../../base/messages/index.ts';
import {
  computePlan,
  type Observed,
  observe,
  observeDetails,
  type Plan,
} from '../../engine/index.ts';
import { attachFirewall } from '../../isolation/vm/index.ts';
import type { Daemon } from '../../site/index.ts';
import { ownNesting } from '../../site/index.ts';
import { loadTexts } from '../../world/infra/index.ts';
import { type Desired, planSync, readTree, writeSync } from '../../world/tree/index.ts';
import { type Imported, importWorld } from './import-world.ts';
import type { Left } from './left.ts';
import { importText } from './text.ts';

/** A running world as the text of an infra.yml, with all that the text does not bring about. */
export interface ImportedText extends Omit<Imported, 'document'> {
  readonly text: string;
  /** Why the text would not load: a value that Incus holds and infra.yml refuses. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the daemon and writes nothing. The text is then loaded, synced into a folder of its own and planned against
 * what was read: what apply would still change is told among `left`.
 */
export async function importRunning(
  daemon: Daemon,
  choice: { readonly projectName?: string | undefined },
  t: (text: Text) => string,
): Promise<ImportedText> {
  const observed = await observe(daemon.incus);
  const first = importWorld(observed, choice);
  const { problems, desired } = await asDesired(importText(first, t));
  const changes = desired ? await stillToDo(desired, observed, daemon) : [];
  const { document, ...told } = { ...first, left: [...first.left, ...changes] };
  return { ...told, text: importText({ ...told, document }, t), problems };
}

async function asDesired(
  text: string,
): Promise<{ readonly desired?: Desired; readonly problems: readonly Problem[] }> {
  const { infra, problems } = loadTexts([{ file: 'infra.yml', part: 'whole', text }], {
    nesting: await ownNesting(),
  });
  if (!infra) return { problems: errorsOf(problems) };
  const root = await mkdtemp(join(tmpdir(), 'anklume-import-'));
  try {
    await writeSync(await planSync(infra, root));
    const read = await readTree(root);
    const desired = read.desired && attachFirewall(read.desired);
    return { problems: errorsOf(read.problems), ...(desired && { desired }) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function stillToDo(
  desired: Desired,
  observed: Observed,
  { incus, nesting }: Daemon,
): Promise<Left[]> {
  const complete = await observeDetails(incus, desired, observed);
  const plan = computePlan(desired, complete, { nesting: await nesting() });
  const declared = plan.orphans.map(
    ({ id }): Left => ({
      code: 'not-declared',
      id,
      text: {
        en: 'is an object of this infrastructure that the file does not declare',
        fr: 'est un objet de cette infrastructure que le fichier ne déclare pas',
      },
    }),
  );
  return [...plan.entries.map(toDo), ...declared];
}

function toDo(entry: Plan['entries'][number]): Left {
  const keys = 'changes' in entry ? entry.changes.map(({ key }) => key) : [];
  const what = keys.length > 0 ? ` (${keys.slice(0, 8).join(', ')})` : '';
  return {
    code: 'apply-would-change',
    id: entry.id,
    text:
      entry.action === 'refuse'
        ? { en: `apply refuses it: ${entry.reason.en}`, fr: `apply le refuse : ${entry.reason.fr}` }
        : {
            en: `apply would still ${entry.action} it${what}: ${entry.reason.en}`,
            fr: `apply y ferait encore « ${entry.action} »${what} : ${entry.reason.fr}`,
          },
  };
}
