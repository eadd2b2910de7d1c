import { ASIDE_PROJECT, MARK, type Observed } from '../../engine/index.ts';
import { type Config, filled, isInternal } from './declared.ts';
import type { Written } from './own-machine.ts';

type Live = Observed['instances'][number];

/** Names that are taken, and the next free ones. */
export class Names {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken);
  }

  /** `wish` as a name of infra.yml, with a number behind it where that is taken. */
  take(wish: string, prefix = ''): string {
    const plain = slug(wish);
    const candidates = [plain, ...(prefix ? [slug(`${prefix}-${wish}`)] : [])];
    for (let i = 2; ; i += 1) {
      const name = candidates.find((one) => !this.#taken.has(one));
      if (name !== undefined) {
        this.#taken.add(name);
        return name;
      }
      candidates.push(slug(`${plain.slice(0, 55)}-${i}`));
    }
  }
}

/** Lower-case letters, digits and inner hyphens, at most 63; not digits alone. */
function slug(text: string): string {
  const cleaned = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return /^\d*$/.test(cleaned) ? `m-${cleaned || 'x'}` : cleaned;
}

/**
 * What nobody made with anklume, as domains with `managed: false`: one for each Incus project that holds such a
 * machine. Nothing is made from them, so they may hold anything.
 */
export function describedDomains(
  observed: Observed,
  domainNames: Names,
  machineNames: Names,
): Record<string, Written> {
  const foreign = observed.instances.filter(
    (live) => live.project !== ASIDE_PROJECT && isUnmarked(live.config) && isNameable(live),
  );
  const projects = [...new Set(foreign.map(({ project }) => project))].sort();
  return Object.fromEntries(
    projects.map((project) => {
      const name = domainNames.take(project === 'default' ? 'default-project' : project, 'other');
      const machines = foreign
        .filter((live) => live.project === project)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return [name, describedDomain(name, project, machines, observed, machineNames)];
    }),
  );
}

function describedDomain(
  name: string,
  project: string,
  lives: readonly Live[],
  observed: Observed,
  machineNames: Names,
): Written {
  const description = observed.projects.find((one) => one.name === project)?.description;
  const profiles = observed.profiles.filter(
    (one) => one.project === project && isUnmarked(one.config) && isWritable(one.name),
  );
  const machines = lives.map((live) => {
    const machine = machineNames.take(live.name, name);
    return [machine, describedMachine(live, machine, observed)] as const;
  });
  return filled({
    description,
    managed: false,
    project: project === name ? undefined : project,
    profiles: Object.fromEntries(
      profiles.map((one) => [one.name, filled({ config: one.config, devices: one.devices })]),
    ),
    machines: Object.fromEntries(machines),
  });
}

function describedMachine(live: Live, name: string, observed: Observed): Written {
  const config = Object.fromEntries(
    Object.entries(live.config)
      .filter(([key]) => !isInternal(key))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  const address = Object.values(live.expanded_devices).find(
    (device) => device['ipv4.address'] !== undefined,
  )?.['ipv4.address'];
  const image = observed.images.find(
    ({ fingerprint }) => fingerprint === live.config['volatile.base_image'],
  )?.aliases[0]?.name;
  return filled({
    description: live.description,
    instance: live.name === name ? undefined : live.name,
    type: live.type === 'virtual-machine' ? 'vm' : undefined,
    ip: address,
    os_image: image,
    profiles: live.profiles.join() === 'default' ? undefined : live.profiles,
    config,
    devices: live.devices,
  });
}

export function isUnmarked(config: Config): boolean {
  return !config[MARK.project] && !config[MARK.asideOf];
}

/** Names that infra.yml can hold; Incus has no others today. */
export function isNameable({ name, project }: Pick<Live, 'name' | 'project'>): boolean {
  return isWritable(name) && isWritable(project);
}

function isWritable(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name) && name !== 'constructor';
}
