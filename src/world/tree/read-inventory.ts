import type { Place, Problem } from '../../base/messages/index.ts';
import type { Value } from './value.ts';
import type { Layer } from './variable-file.ts';

/** A group of the inventory with the hosts it names, in order of writing. */
export interface Group {
  readonly name: string;
  readonly place: Place;
  readonly hosts: Map<string, Place>;
}

/** Groups nested deeper than this are not followed; Ansible's own inventories stay below ten. */
const DEEPEST = 20;

/** The groups of all inventory files together, sorted by name. As in Ansible, a file's last `all` replaces the ones above it. */
export function readGroups(layers: readonly Layer[], problems: Problem[]): Group[] {
  const groups = new Map<string, Group>();
  const taken = new Set<string>();
  const followed = new Set<string>();
  for (const { file, managed, variables } of layers)
    for (const [name, value] of variables) {
      const once = `${file}\0${name}`;
      if (taken.has(once)) problems.push(replaced(name, value.place, managed));
      else {
        taken.add(once);
        addGroup(groups, followed, name, value, 0);
      }
    }
  return [...groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function addGroup(
  groups: Map<string, Group>,
  followed: Set<string>,
  name: string,
  value: Value,
  depth: number,
): void {
  const { place } = value;
  // A group that holds itself, through an alias, comes by here again and again.
  const here = `${name}\0${place.file}\0${place.line}\0${place.column}`;
  if (depth > DEEPEST || followed.has(here)) return;
  followed.add(here);
  const group = groups.get(name) ?? { name, place, hosts: new Map<string, Place>() };
  groups.set(name, group);
  const parts = value.entries();
  for (const [host, about] of parts?.get('hosts')?.entries() ?? [])
    if (!group.hosts.has(host)) group.hosts.set(host, about.place);
  for (const [child, about] of parts?.get('children')?.entries() ?? [])
    addGroup(groups, followed, child, about, depth + 1);
}

function replaced(name: string, place: Place, managed: boolean): Problem {
  return {
    code: 'tree-inventory-replaced',
    severity: 'warning',
    path: [name],
    place,
    message: managed
      ? {
          en: `The '${name}' in your own lines of this file replaces the managed one.`,
          fr: `Le « ${name} » de vos propres lignes remplace ici celui de la section gérée.`,
        }
      : {
          en: `'${name}' stands more than once in this file; the last one counts.`,
          fr: `« ${name} » figure plusieurs fois dans ce fichier ; le dernier compte.`,
        },
    remedy: {
      en: 'Put hosts of your own into another file of inventory/.',
      fr: 'Placez vos propres hôtes dans un autre fichier de inventory/.',
    },
  };
}
