import { createHash } from 'node:crypto';
import type { DesiredDomain, DesiredMachine } from '../tree/index.ts';
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
  ...['ansible_machine_id', 'default_ipv6', 'ansible_default_ipv6'],
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

/** The recipe of a machine; undefined when it has to be provisioned by itself. */
export function recipeOf(ingredients: Ingredients): string | undefined {
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
  return createHash('sha256')
    .update(JSON.stringify(stable(parts)))
    .digest('hex');
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
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(variables))
    values.set(name, JSON.stringify(value) ?? '');
  const definitions = new Map(values);
  for (const content of contents)
    for (const [name, value] of content.definitions)
      definitions.set(name, `${definitions.get(name) ?? ''} ${value}`);
  const start = BY_ANY_NAME.test(text) ? new Set(values.keys()) : namesIn(text);
  const named = closure(start, definitions);
  const deciding = closure(
    new Set(contents.flatMap((content) => [...content.deciding])),
    definitions,
  );
  const found = new Map<string, unknown>();
  for (const name of values.keys())
    if (OWN.test(name) ? deciding.has(name) : named.has(name)) found.set(name, variables[name]);
  if (FOUND_OUT.some((name) => deciding.has(name))) found.set('', machine.instance);
  return found;
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
