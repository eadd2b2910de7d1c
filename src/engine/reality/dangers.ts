import { type Danger, dangersOf, isOn, type Layer, permits } from '../../world/infra/index.ts';
import type { Desired, DesiredDomain, DesiredMachine } from '../../world/tree/index.ts';
import { MARK_PREFIX } from '../marks.ts';

type Config = Readonly<Record<string, string>>;

/** The part of an instance that its dangers are read from. */
export interface LiveSettings {
  readonly name: string;
  readonly type: string;
  readonly config: Config;
  readonly expanded_config: Config;
  readonly expanded_devices: Readonly<Record<string, Config>>;
}

/** What the tree gives a machine that opens the host or other machines to it, and its key `allow` does not permit. */
export function declaredDangers(
  desired: Desired,
  domain: DesiredDomain,
  machine: DesiredMachine,
): Danger[] {
  const ofProfiles = machine.profiles.flatMap((name): Layer[] => {
    const profile = domain.profiles.find((one) => one.name === name);
    return profile ? [{ ...profile, path: ['profiles', name], profile: name }] : [];
  });
  const layers = [...ofProfiles, { path: [], config: machine.config, devices: machine.devices }];
  return withPrivileged(layers, machine.type === 'lxc', around(desired, domain, machine)).filter(
    ({ word, weight }) => weight === 'error' && !permits(machine.allow ?? [], word),
  );
}

/** The same of what runs, however it came. NICs are told apart by `foreignNics`, which knows all networks. */
export function liveDangers(desired: Desired, domain: DesiredDomain, live: LiveSettings): Danger[] {
  const machine = domain.machines.find(({ instance }) => instance === live.name);
  const admin = Object.keys(live.config).some((key) => key.startsWith(`${MARK_PREFIX}admin`));
  const layer = {
    path: [],
    config: without(live.expanded_config, (key) => /^(volatile|image|user)\./.test(key)),
    // Written by the command that makes it the admin container, which is made to have them.
    devices: without(live.expanded_devices, (name) => admin && name.startsWith('anklume-')),
  };
  const isContainer = live.type === 'container';
  return withPrivileged([layer], isContainer, around(desired, domain, machine)).filter(
    ({ word, weight }) =>
      weight === 'error' && !word.startsWith('nic:') && !permits(machine?.allow ?? [], word),
  );
}

function withPrivileged(
  layers: readonly Layer[],
  isContainer: boolean,
  surroundings: Parameters<typeof dangersOf>[1],
): Danger[] {
  const found = dangersOf(layers, surroundings);
  const values = layers.filter(({ config }) => (config['security.privileged'] ?? '') !== '');
  const last = values.at(-1);
  if (!isContainer || !last || !isOn(last.config['security.privileged'])) return found;
  const { path, profile } = last;
  const privileged: Danger = {
    word: 'security.privileged',
    path: [...path, 'config', 'security.privileged'],
    ...(profile && { profile }),
    weight: 'error',
    gives: {
      en: 'its root is root of this host',
      fr: 'son root est celui de cet hôte',
    },
  };
  return [...found, privileged];
}

function around(desired: Desired, domain: DesiredDomain, machine: DesiredMachine | undefined) {
  const ends = [domain.name, ...(machine ? [machine.name] : [])];
  const opened = desired.policies.flatMap(({ from, to, ports, protocol, bidirectional }) => {
    if (ports !== 'all' || protocol !== undefined || !bidirectional) return [];
    return [...(ends.includes(from) ? [to] : []), ...(ends.includes(to) ? [from] : [])];
  });
  return {
    type: machine?.type ?? ('lxc' as const),
    internet: domain.internet,
    roles: machine?.roles ?? [],
    nics: {
      own: domain.network.name,
      bridges: new Set(desired.domains.map(({ network }) => network.name)),
    },
    walled: desired.domains.map(({ network }) => network.gateway.replace(/\d+$/, '')),
    opened: new Set(
      desired.domains
        .filter(({ name }) => opened.includes(name))
        .map(({ network }) => network.name),
    ),
  };
}

function without<T>(
  settings: Readonly<Record<string, T>>,
  leavesOut: (key: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !leavesOut(key)));
}
