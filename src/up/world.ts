import { attachFirewall } from '../firewall/index.ts';
import { AnklumeError, ExitCode, type Problem, type Text } from '../messages/index.ts';
import { type Desired, findStaleness, readTree } from '../tree/index.ts';
import { findProject, openProject, type ProjectChoice } from './project.ts';

/** The wanted world of a project, as its tree states it. */
export interface World {
  readonly root: string;
  readonly desired: Desired;
  readonly warnings: readonly Problem[];
}

/** Reads the tree of the project around `choice.cwd`. Throws `tree-invalid` or `tree-missing` (exit 2). */
export async function openWorld(choice: Pick<ProjectChoice, 'cwd' | 'infra'>): Promise<World> {
  const { root } = await findProject(choice);
  return readWorld(root);
}

/** The same for a project whose root is known. */
export async function readWorld(root: string): Promise<World> {
  const { desired, problems } = await readTree(root);
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
  return { root, desired: attachFirewall(desired), warnings: problems };
}

/** Why the tree may not be what infra.yml says by now; undefined when it is. */
export async function staleness(choice: ProjectChoice): Promise<Text | undefined> {
  try {
    const { infra, root } = await openProject(choice);
    const { stale, missing, different, leftover } = await findStaleness(infra, root);
    if (!stale) return undefined;
    const old = missing.length + different.length;
    if (old > 0)
      return {
        en: `The tree is not what infra.yml says now (${old} ${old === 1 ? 'file' : 'files'}): 'anklume sync' first.`,
        fr: `L'arborescence n'est plus celle que décrit infra.yml (${old} fichier${old === 1 ? '' : 's'}) : « anklume sync » d'abord.`,
      };
    const n = leftover.length;
    return {
      en: `The tree still has ${n} ${n === 1 ? 'file' : 'files'} of what is no longer declared: 'anklume sync --clean-orphans' removes ${n === 1 ? 'it' : 'them'}.`,
      fr: `L'arborescence contient encore ${n} fichier${n === 1 ? '' : 's'} de ce qui n'est plus déclaré : « anklume sync --clean-orphans » ${n === 1 ? 'le' : 'les'} supprime.`,
    };
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return {
      en: "infra.yml has errors now ('anklume sync' shows them); the tree of the last sync is used.",
      fr: "infra.yml comporte des erreurs (« anklume sync » les montre) ; l'arborescence de la dernière synchronisation est utilisée.",
    };
  }
}
