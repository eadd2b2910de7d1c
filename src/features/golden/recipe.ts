import { createHash } from 'node:crypto';
import type { DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import type { HostFacts } from './inventory.ts';
import type { Content } from './role-files.ts';
import { namesIn } from './words.ts';

/** Changed when what is kept, or what is removed from it, changes: older images are then not used any more. */
const FORMAT = 1;

/** The variable, in a role's defaults or among those of a machine, that keeps a machine out of the cache. */
const CHOICE = 'anklume_cache';

/** Variables of the tree that differ from machine to machine by what they are. */
const OWN = /^(instance_\w+|domain_\w+|incus_(project|network|profiles)|subnet_id|ansible_host)$/;

/** What Ansible finds out about one machine. A role that decides by it may do in one what it does not in another. */
const FOUND_OUT: readonly string[] = [
  ...['inventory_hostname', 'inventory_hostname_short', 'hostvars', 'groups', 'play_hosts'],
  ...['ansible_play_hosts', 'ansible_play_hosts_all', 'ansible_play_batch', 'hostname', 'fqdn'],
  ...['ansible_hostname', 'ansible_fqdn', 'nodename', 'ansible_nodename', 'default_ipv4'],
  ...['ansible_default_ipv4', 'all_ipv4_addresses', 'ansible_all_ipv4_addresses', 'machine_id'],
  ...['ansible_machine_id', 'default_ipv6', 'ansible_default_ipv6', 'date_time'],
  // What Incus allows from outside is not in a recipe.
  ...['memtotal_mb', 'ansible_memtotal_mb', 'memory_mb', 'ansible_memory_mb', 'processor_vcpus'],
  ...['ansible_processor_vcpus', 'processor_count', 'ansible_processor_count', 'ansible_date_time'],
];

/** Ways of Ansible to reach a variable by a name that stands nowhere. */
const BY_ANY_NAME = /\bvars\s*\[|['"]vars['"]|\bvarnames\b|\bhostvars\b/;

/** What a machine is made of: two with the same recipe are the same but for what is their own. */
export interface Ingredients {
  readonly domain: DesiredDomain;
  readonly machine: DesiredMachine;
  readonly facts: HostFacts;
  readonly playbook: Content;
  /** The machine's roles and all that are named in them, by name. */
  readonly roles: ReadonlyMap<string, Content>;
}

/** What two equal machines have in common. */
export interface Recipe {
  readonly hash: string;
  /** Nothing of what is done so much as names what tells machines apart: copies differ in no file from their model. */
  readonly uniform: boolean;
}

/** The recipe of a machine; undefined when it has to be provisioned by itself. */
export function recipeOf(ingredients: Ingredients): Recipe | undefined {
  const { domain, machine, facts, playbook, roles } = ingredients;
  const contents = [playbook, ...roles.values()];
  if (declines(facts, contents)) return undefined;
  const variables = relevant(machine, facts.variables, contents);
  const parts = [
    FORMAT,
    domain.trustLevel ?? null,
    [machine.type, machine.image, machine.gpu, machine.roles],
    insideConfig(machine.config),
    Object.entries(machine.devices).map(([name, { type }]) => [name, type]),
    ['default', ...machine.profiles].map((name) => [
      name,
      domain.profiles.find((profile) => profile.name === name) ?? null,
    ]),
    facts.groups.filter((group) => !['all', 'ungrouped', domain.name].includes(group)),
    playbook.digest,
    [...roles].sort(byName).map(([name, { digest }]) => [name, digest]),
    [...variables].sort(byName),
  ];
  const hash = createHash('sha256')
    .update(JSON.stringify(stable(parts)))
    .digest('hex');
  return { hash, uniform: isUniform(ingredients) };
}

/** One play of ours alone, and roles that name nothing of one machine, nor do the variables that they name. */
function isUniform({ facts, playbook, roles }: Ingredients): boolean {
  const plays = playbook.text.match(/^[ \t]*(- )?(hosts|(ansible\.builtin\.)?import_playbook):/gm);
  if (plays?.length !== 1) return false;
  const contents = [...roles.values()];
  const text = contents.map((content) => content.text).join('\n');
  const named = closure(namesIn(text), definitionsOf(facts.variables, contents));
  if (BY_ANY_NAME.test(text)) return false;
  return ![...named].some((name) => OWN.test(name) || FOUND_OUT.includes(name));
}

/** The roles that a machine's own ones may call: every known name that stands in their files. */
export function namedRoles(content: Content, known: ReadonlySet<string>): string[] {
  return [...known].filter((name) => content.text.includes(name));
}

function declines({ variables }: HostFacts, contents: readonly Content[]): boolean {
  if (variables[CHOICE] === false) return true;
  // What is done in one machine for all of them would be in every copy.
  return contents.some(
    ({ definitions, text }) =>
      definitions.get(CHOICE)?.trim() === 'false' || /\brun_once\b/.test(text),
  );
}

/** The variables whose value can make a difference, with it. */
function relevant(
  machine: DesiredMachine,
  variables: Readonly<Record<string, unknown>>,
  contents: readonly Content[],
): ReadonlyMap<string, unknown> {
  const text = contents.map((content) => content.text).join('\n');
  const definitions = definitionsOf(variables, contents);
  const start = BY_ANY_NAME.test(text) ? new Set(Object.keys(variables)) : namesIn(text);
  const named = closure(start, definitions);
  const deciding = closure(
    new Set(contents.flatMap((content) => [...content.deciding])),
    definitions,
  );
  const found = new Map<string, unknown>();
  for (const name of Object.keys(variables))
    if (OWN.test(name) ? deciding.has(name) : named.has(name)) found.set(name, variables[name]);
  if (FOUND_OUT.some((name) => deciding.has(name))) found.set('', machine.instance);
  return found;
}

/** All that is defined, by whomever, as text: where several define a name, what all of them say. */
function definitionsOf(
  variables: Readonly<Record<string, unknown>>,
  contents: readonly Content[],
): ReadonlyMap<string, string> {
  const all = [
    ...Object.entries(variables).map(
      ([name, value]) => [name, JSON.stringify(value) ?? ''] as const,
    ),
    ...contents.flatMap((content) => [...content.definitions]),
  ];
  const definitions = new Map<string, string>();
  for (const [name, text] of all) definitions.set(name, `${definitions.get(name) ?? ''} ${text}`);
  return definitions;
}

/** The names, and those in the values of what they name, and so on. */
function closure(
  start: ReadonlySet<string>,
  values: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const all = new Set(start);
  const queue = [...start];
  for (let name = queue.pop(); name !== undefined; name = queue.pop())
    for (const inner of namesIn(values.get(name) ?? ''))
      if (!all.has(inner)) {
        all.add(inner);
        queue.push(inner);
      }
  return all;
}

/** Keys of Incus that change nothing inside. */
const OUTSIDE = /^(limits|boot|snapshots|user|security\.protection|cluster|migration)\./;

function insideConfig(config: DesiredMachine['config']): [string, string][] {
  return Object.entries(config).filter(([key]) => !OUTSIDE.test(key));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same value with the keys of its objects in one order. */
function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(byName)
      .map(([key, inner]) => [key, stable(inner)]),
  );
}
