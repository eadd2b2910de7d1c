import { resolve } from 'node:path';
import { errorsOf, type Place, type Problem } from '../../base/messages/index.ts';
import { GLOBAL_KEYS, IMAGE_KEYS } from '../infra/index.ts';
import { findConflicts } from './conflicts.ts';
import type { Desired, DesiredDomain, DesiredMachine } from './desired.ts';
import { type TreeFile, treePath } from './layout.ts';
import { retention, text } from './parse.ts';
import { describedMachines } from './read-described.ts';
import { readDomain } from './read-domain.ts';
import { type Group, readGroups } from './read-inventory.ts';
import { readMachine } from './read-machine.ts';
import { readPolicies } from './read-policies.ts';
import { badName, hostsInTwoDomains, hostWithoutVariables, treeMissing } from './read-problems.ts';
import { readRows } from './read-rows.ts';
import { isHostName, isObjectName } from './shapes.ts';
import type { Layer } from './variable-file.ts';
import { readVariableFolder, type VariableFolder } from './variable-folder.ts';
import { Variables } from './variables.ts';
import { VERSION_VARIABLE, versionProblem } from './version.ts';

/** The wanted world, absent when the tree has errors. Warnings may stand beside it. */
export interface ReadTree {
  readonly desired?: Desired;
  readonly problems: readonly Problem[];
}

/**
 * Reads the tree below `root` as Ansible would merge it: host variables over those of the domain
 * over those of all, and everywhere the user's own lines over the managed ones. Connection
 * variables are not looked at: the infrastructure phase always runs here.
 * Throws `tree-missing` (exit 2) when there is no inventory.
 * `rendered` is what infra.yml renders to now: sections that stand on disk byte for byte as rendered need no parsing,
 * and domains that only files of an earlier sync name are marked.
 */
export async function readTree(
  root: string,
  rendered: readonly TreeFile[] = [],
): Promise<ReadTree> {
  const base = resolve(root);
  const known = new Map(rendered.map((file) => [file.path, file]));
  const [inventory, groupVars, hostVars] = await Promise.all([
    readVariableFolder(base, 'inventory', known),
    readVariableFolder(base, 'group_vars', known),
    readVariableFolder(base, 'host_vars', known),
  ]);
  if (isMissing(inventory, groupVars, hostVars)) throw treeMissing();
  const problems = [inventory, groupVars, hostVars].flatMap((folder) => [...folder.problems]);
  const reader = new Reader(groupVars, hostVars, problems, known);
  const groups = readGroups([...inventory.layers.values()].flat(), problems);
  const desired = reader.world(groups, inventory);
  return errorsOf(problems).length > 0 ? { problems } : { desired, problems };
}

function imageSettings(all: Variables): Pick<Desired, 'images'> {
  const images = readRows(IMAGE_KEYS, all);
  return Object.keys(images).length > 0 ? { images } : {};
}

/** Nothing to read: no inventory, and not the tree of a world without domains either. */
function isMissing(inventory: VariableFolder, groupVars: VariableFolder, hostVars: VariableFolder) {
  if (inventory.layers.size > 0) return false;
  const isManaged = (layer: Layer): boolean => layer.managed;
  const named = [...groupVars.layers, ...hostVars.layers].filter(([, layers]) =>
    layers.some(isManaged),
  );
  return !(named.length === 1 && named[0]?.[0] === 'all');
}

class Reader {
  private readonly groupVars: VariableFolder;
  private readonly hostVars: VariableFolder;
  private readonly problems: Problem[];
  private readonly rendered: ReadonlyMap<string, TreeFile>;
  private readonly domains = new Map<string, Variables>();
  private readonly machines = new Map<string, Variables>();

  constructor(
    groupVars: VariableFolder,
    hostVars: VariableFolder,
    problems: Problem[],
    rendered: ReadonlyMap<string, TreeFile>,
  ) {
    this.rendered = rendered;
    this.groupVars = groupVars;
    this.hostVars = hostVars;
    this.problems = problems;
  }

  world(groups: readonly Group[], inventory: VariableFolder): Desired {
    const all = new Variables(this.of('all'), treePath('group_vars', 'all'), this.problems);
    const written = all.read(VERSION_VARIABLE, text, undefined);
    const problem = versionProblem(written, all.placeOf(VERSION_VARIABLE), 'read');
    if (problem) this.problems.push(problem);
    const defaultImage = all.require('default_os_image', text, '');
    const domainGroups = groups.filter(({ name }) => this.isDomain(name, inventory));
    this.problems.push(...hostsInTwoDomains(domainGroups));
    const domains = domainGroups.map((group) => ({
      ...this.domain(group, defaultImage),
      ...(this.isLeftBehind(group.name, inventory) && { undeclared: true as const }),
    }));
    if (errorsOf(this.problems).length === 0)
      this.problems.push(...findConflicts(domains, this.placeOf));
    const known = new Set([...this.domains.keys(), ...this.machines.keys()]);
    const described = all.read('described_machines', describedMachines, []);
    const trashSeconds = all.read('trash_retention', retention, undefined);
    return {
      projectName: all.require('project_name', text, ''),
      defaultImage,
      ...readRows(GLOBAL_KEYS, all),
      ...(trashSeconds !== undefined && { trashSeconds }),
      domains,
      policies: readPolicies(all, known, this.problems),
      ...imageSettings(all),
      ...(described.length > 0 && { described }),
    };
  }

  private domain(group: Group, defaultImage: string): DesiredDomain {
    const layers = [...this.of(group.name), ...this.of('all')];
    const variables = new Variables(layers, treePath('group_vars', group.name), this.problems);
    this.domains.set(group.name, variables);
    if (!isObjectName(group.name)) this.problems.push(badName(group.name, group.place));
    const machines = [...group.hosts].flatMap(([name, place]) =>
      this.machine(name, place, group.name, layers, defaultImage),
    );
    return readDomain(group.name, variables, machines);
  }

  private machine(
    name: string,
    place: Place,
    domain: string,
    domainLayers: readonly Layer[],
    defaultImage: string,
  ): DesiredMachine[] {
    const own = this.hostVars.layers.get(name);
    if (!isHostName(name)) this.problems.push(badName(name, place));
    else if (!own) this.problems.push(hostWithoutVariables(name, place));
    if (!own) return [];
    const home = treePath('host_vars', name);
    const variables = new Variables([...own, ...domainLayers], home, this.problems);
    this.machines.set(name, variables);
    return [readMachine(name, domain, defaultImage, variables)];
  }

  /** A group with a managed file in inventory/, or with a project of Incus. Other groups are the user's. */
  private isDomain(group: string, inventory: VariableFolder): boolean {
    if (group === 'all' || group === 'ungrouped') return false;
    const hasManagedFile = inventory.layers.get(group)?.some((layer) => layer.managed) ?? false;
    return hasManagedFile || this.of(group).some((layer) => layer.variables.has('incus_project'));
  }

  /** Written by an earlier sync alone. What the user wrote needs no infra.yml, and one with errors renders to nothing. */
  private isLeftBehind(group: string, inventory: VariableFolder): boolean {
    if (this.rendered.size === 0 || this.rendered.has(treePath('inventory', group))) return false;
    return inventory.layers.get(group)?.some((layer) => layer.managed) ?? false;
  }

  private of(group: string): readonly Layer[] {
    return this.groupVars.layers.get(group) ?? [];
  }

  private readonly placeOf = (owner: string, variable: string): Place => {
    const owners = variable.startsWith('instance_') ? this.machines : this.domains;
    return owners.get(owner)?.placeOf(variable) ?? { file: owner, line: 1, column: 1 };
  };
}
