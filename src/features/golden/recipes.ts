import { knownRoles } from '../../provision/index.ts';
import type { Candidate } from './candidates.ts';
import { readInventory } from './inventory.ts';
import { namedRoles, type Recipe, recipeOf } from './recipe.ts';
import { type Content, readPlaybook, readRole } from './role-files.ts';

/**
 * The recipes of machines of the project below `root`, by the ids of their plan entries. A machine that has none is
 * provisioned by itself. Starts Ansible once to ask for variables: one or two seconds.
 */
export async function recipesOf(
  root: string,
  candidates: readonly Candidate[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Recipe>> {
  const [inventory, known, playbook] = await Promise.all([
    readInventory(root, signal),
    knownRoles(root),
    readPlaybook(root),
  ]);
  const recipes = new Map<string, Recipe>();
  if (!inventory || !playbook) return recipes;
  const shelf = new Shelf(root, known, playbook);
  for (const { id, domain, machine } of candidates) {
    const facts = inventory.get(machine.name);
    const roles = await shelf.needed(machine.roles);
    const recipe = facts && roles && recipeOf({ domain, machine, facts, playbook, roles });
    if (recipe !== undefined) recipes.set(id, recipe);
  }
  return recipes;
}

/** The roles of a project, each read once. */
class Shelf {
  readonly #root: string;
  readonly #known: ReadonlySet<string>;
  readonly #playbook: Content;
  readonly #read = new Map<string, Promise<Content | undefined>>();

  constructor(root: string, known: ReadonlySet<string>, playbook: Content) {
    this.#root = root;
    this.#known = known;
    this.#playbook = playbook;
  }

  /** These, and all that they or the playbook name; undefined when one of them cannot be known. */
  async needed(roles: readonly string[]): Promise<ReadonlyMap<string, Content> | undefined> {
    const found = new Map<string, Content>();
    const queue = [...roles, ...namedRoles(this.#playbook, this.#known)];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (found.has(name)) continue;
      const content = this.#known.has(name) ? await this.#content(name) : undefined;
      if (!content) return undefined;
      found.set(name, content);
      queue.push(...namedRoles(content, this.#known));
    }
    return found;
  }

  #content(name: string): Promise<Content | undefined> {
    const content = this.#read.get(name) ?? readRole(this.#root, name);
    this.#read.set(name, content);
    return content;
  }
}
