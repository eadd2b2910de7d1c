import { resolve } from 'node:path';
import { AnklumeError, ExitCode, type Problem, type Text } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';
import { attachFirewall } from '../isolation/vm/index.ts';
import {
  type Desired,
  findStaleness,
  readTree,
  renderTree,
  type TreeFile,
} from '../world/tree/index.ts';
import { findProject, openProject, type ProjectChoice } from './project.ts';
import { shareImages } from './shared-images.ts';

/** The wanted world of a project, as its tree states it. */
export interface World {
  readonly root: string;
  readonly desired: Desired;
  readonly warnings: readonly Problem[];
}

/** Reads the tree of the project around `choice.cwd`. Throws `tree-invalid` or `tree-missing` (exit 2). */
export async function openWorld(
  choice: Pick<ProjectChoice, 'cwd' | 'infra'>,
  rendered?: readonly TreeFile[],
): Promise<World> {
  const { root } = await findProject(choice);
  return readWorld(root, rendered);
}

/** The same for a project whose root is known. What infra.yml renders to, when that is known, saves parsing. */
export async function readWorld(root: string, rendered?: readonly TreeFile[]): Promise<World> {
  const { desired, problems: found } = await readTree(root, rendered);
  const problems = found.map((problem) => placedBelow(root, problem));
  if (!desired)
    throw new AnklumeError({
      code: 'tree-invalid',
      exit: ExitCode.usage,
      problems,
      message: {
        en: 'The Ansible tree has errors. Nothing was changed.',
        fr: "L'arborescence Ansible comporte des erreurs. Rien n'a été modifié.",
      },
    });
  return { root, desired: shareImages(attachFirewall(desired)), warnings: problems };
}

/** The tree names its files from the root of the project; a reader may be in any folder of it. */
function placedBelow(root: string, problem: Problem): Problem {
  const { place, related } = problem;
  return {
    ...problem,
    ...(place && { place: { ...place, file: resolve(root, place.file) } }),
    ...(related && { related: { ...related, file: resolve(root, related.file) } }),
  };
}

/** The project's wanted world, and how infra.yml stands to it now. */
export async function openDeclared(
  place: ProjectChoice,
): Promise<{ readonly world: World; readonly stale?: Text }> {
  const { rendered, stale } = await declaredNow(place);
  const world = await openWorld(place, rendered);
  return { world, ...(stale && { stale }) };
}

/** infra.yml as it is now, beside the tree of the last sync. */
export interface Declared {
  /** What it renders to; nothing when it has errors. */
  readonly rendered: readonly TreeFile[];
  /** Why the tree may not be what infra.yml says by now; absent when it is. */
  readonly stale?: Text;
}

/** Looks at infra.yml for commands that work from the tree alone. */
async function declaredNow(choice: ProjectChoice): Promise<Declared> {
  try {
    const { infra, root } = await openProject(choice);
    const rendered = renderTree(infra);
    const stale = await whyStale(rendered, root);
    return { rendered, ...(stale && { stale }) };
  } catch (error) {
    if (!(error instanceof AnklumeError) || error.code === 'nesting-context') throw error;
    return { rendered: [], stale: broken };
  }
}

async function whyStale(rendered: readonly TreeFile[], root: string): Promise<Text | undefined> {
  const { stale, missing, different, leftover } = await findStaleness(rendered, root);
  if (!stale) return undefined;
  const old = missing.length + different.length;
  if (old > 0)
    return {
      en: `The tree is not what infra.yml says now (${old} ${old === 1 ? 'file' : 'files'}): 'anklume sync' first.`,
      fr: `L'arborescence n'est plus celle que décrit infra.yml (${old} fichier${old === 1 ? '' : 's'}) : « anklume sync » d'abord.`,
    };
  const n = leftover.length;
  const names = fewOf(leftover);
  return {
    en: `The tree still has ${n} ${n === 1 ? 'file' : 'files'} of what is no longer declared (${names}): 'anklume sync --delete-orphans' removes ${n === 1 ? 'it' : 'them'}.`,
    fr: `L'arborescence contient encore ${n} fichier${n === 1 ? '' : 's'} de ce qui n'est plus déclaré (${names}) : « anklume sync --delete-orphans » ${n === 1 ? 'le' : 'les'} supprime.`,
  };
}

/** The first names of a list that may be long. */
export function fewOf(names: readonly string[]): string {
  const shown = names.slice(0, 6).map(printable).join(', ');
  return names.length > 6 ? `${shown}, ...` : shown;
}

const broken: Text = {
  en: "infra.yml has errors now ('anklume sync' shows them); the tree of the last sync is used.",
  fr: "infra.yml comporte des erreurs (« anklume sync » les montre) ; l'arborescence de la dernière synchronisation est utilisée.",
};
