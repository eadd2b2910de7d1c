import { choosePool, MARK, type Observed, reachOf } from '../../engine/index.ts';
import { FIREWALL_MACHINE } from '../../world/infra/index.ts';
import { type Config, type Devices, declaredPart, filled, sameDevice } from './declared.ts';
import { following, ownCeilings } from './follows.ts';
import type { OwnDomain } from './found.ts';
import type { Left } from './left.ts';
import { type OwnMachine, ownMachine, type Written } from './own-machine.ts';
import { permitted, wordsFor } from './permissions.ts';
import type { Scheme } from './scheme.ts';

/** The domains of an infrastructure, one for each Incus project with its mark, sorted by name. */
export function ownDomains(projectName: string, observed: Observed): OwnDomain[] {
  const ours = ({ config }: { readonly config: Config }) => config[MARK.project] === projectName;
  return observed.projects
    .filter(ours)
    .map((project): OwnDomain => {
      const name = project.config[MARK.domain] ?? project.name;
      const network = observed.networks.find(
        (one) => ours(one) && one.config[MARK.domain] === name,
      );
      const [, base = '', id = ''] =
        /^(\d+\.\d+)\.(\d+)\.254\/24$/.exec(network?.config['ipv4.address'] ?? '') ?? [];
      const [, base6, group6] =
        /^((?:[0-9a-f]+:){2}[0-9a-f]+):([0-9a-f]+):/.exec(network?.config['ipv6.address'] ?? '') ??
        [];
      const home = {
        name,
        bridge: network?.name ?? '',
        ...(base && { network: `${base}.${id}.` }),
      };
      const pool = choosePool(observed, project.name);
      const machines = observed.instances
        .filter((live) => live.project === project.name && ours(live))
        .map((live) => ownMachine(live, home, observed.volumes, pool));
      return {
        name,
        project,
        ...(network && { network }),
        ...(base && { subnet: { base, id: Number(id) } }),
        ...(base6 !== undefined && { base6 }),
        ...(group6 !== undefined && { group6 }),
        machines: machines.sort((a, b) => (a.name < b.name ? -1 : 1)),
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The extra profiles of a domain, and what was added to its default one. */
function ownProfiles(domain: OwnDomain, observed: Observed) {
  const { project, network } = domain;
  const { name: incusProject, config } = project;
  const owner = config[MARK.project];
  const plain = following(domain, [], observed);
  return observed.profiles
    .filter((one) => one.project === incusProject && one.config[MARK.project] === owner)
    .map((profile) => {
      const declared = declaredPart(profile);
      const pool = profile.devices.root?.pool ?? '';
      const { root = { type: 'disk', path: '/', pool } } = plain(
        `profile:${incusProject}/default`,
      ).devices;
      const base: Devices = {
        root,
        eth0: { type: 'nic', network: network?.name ?? '', name: 'eth0' },
      };
      const added = Object.entries(declared.devices).filter(
        ([name, device]) => profile.name !== 'default' || !sameDevice(device, base[name]),
      );
      return {
        name: profile.name,
        config: declared.config,
        devices: Object.fromEntries(added),
      };
    })
    .filter(
      ({ name, config: own, devices }) =>
        name !== 'default' || Object.keys({ ...own, ...devices }).length > 0,
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** With `firewall_mode: vm` apply makes a profile for the firewall machine by itself. */
export function holdsFirewall({ machines }: OwnDomain): boolean {
  return machines.some(
    ({ name, plain }) => name === FIREWALL_MACHINE && plain.profiles.includes(FIREWALL_MACHINE),
  );
}

/** A domain as infra.yml writes it, and what has to be told of it. */
export function writtenDomain(
  domain: OwnDomain,
  observed: Observed,
  defaultImage: string,
  scheme: Scheme,
): { readonly body: Written; readonly left: readonly Left[] } {
  const left: Left[] = [];
  const { project, network, machines } = domain;
  const place = scheme.placeOf(domain);
  const profiles = ownProfiles(domain, observed);
  // Protection is the default, so it is written where it is not wanted.
  const ephemeral = machines.length > 0 && machines.every(({ plain }) => plain.ephemeral);
  const isWritten = (profile: { readonly name: string }) =>
    !(holdsFirewall(domain) && profile.name === FIREWALL_MACHINE);
  const follows = following(domain, profiles, observed);
  const { internet, lan } = reachOf(network?.config['raw.dnsmasq']);
  const body = filled({
    description: project.description,
    subnet_id: place?.id,
    trust_level: place?.level,
    ephemeral: ephemeral || undefined,
    internet: internet ? undefined : false,
    lan: lan ? undefined : false,
    ipv6: (domain.base6 !== undefined && domain.network !== undefined) || undefined,
    profiles: Object.fromEntries(
      profiles
        .filter(isWritten)
        .map(({ name, config, devices }) => [name, filled({ config, devices })]),
    ),
    machines: Object.fromEntries(
      machines.map((machine) => {
        const plain = follows(`instance:${project.name}/${machine.live.name}`);
        const devices = ownDevices(machine, plain.devices);
        const allow = wordsFor(machine, devices, {
          profiles,
          bridge: network?.name ?? '',
          internet,
          bases: scheme.bases,
        });
        left.push(...permitted(`instance:${project.name}/${machine.live.name}`, allow));
        return [
          machine.name,
          {
            ...(place ? machine.fields : withoutAddress(machine.fields)),
            ...(machine.plain.ephemeral !== ephemeral && { ephemeral: machine.plain.ephemeral }),
            ...(machine.plain.image !== defaultImage &&
              machine.plain.image !== '' && { os_image: machine.plain.image }),
            ...profilesOf(machine, isWritten),
            ...ownCeilings(machine, plain),
            ...filled({ devices, allow: allow.length > 0 ? allow : undefined }),
          },
        ];
      }),
    ),
  });
  return { body, left };
}

/** An address says nothing where the file cannot say in which network. */
function withoutAddress({ ip: _, ...fields }: Written): Written {
  return fields;
}

function profilesOf(
  { plain }: OwnMachine,
  isWritten: (profile: { readonly name: string }) => boolean,
): Written {
  const profiles = plain.profiles.filter((name) => isWritten({ name }));
  return profiles.join() === 'default' ? {} : { profiles };
}

const PINS = /^(security\.(mac|ipv4|ipv6)_filtering|ipv[46]\.address|hwaddr|host_name)$/;

/** Devices that must be written, for they do not follow from the rest of the file. */
function ownDevices({ devices }: OwnMachine, follows: Devices): Devices {
  const written = Object.entries(devices).flatMap(([name, device]) => {
    const own = follows[name];
    if (sameDevice(device, own)) return [];
    if (name !== 'eth0') return [[name, device] as const];
    // The card of the domain gets its pins by itself; all else that is written on it replaces that of a profile.
    const kept = Object.entries(device).filter(
      ([key, value]) => !PINS.test(key) || own?.[key] !== value,
    );
    return [[name, Object.fromEntries(kept)] as const];
  });
  return Object.fromEntries(written);
}
