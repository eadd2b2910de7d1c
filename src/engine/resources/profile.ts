import type { DesiredDomain } from '../../world/tree/index.ts';
import { converge, decide, type Rules, refuse } from '../decide.ts';
import { MARK, recordKeys } from '../marks.ts';
import { findProfile, type Observed } from '../observed.ts';
import { holderOf, verdictOn } from '../ownership.ts';
import type { PlanEntry } from '../plan.ts';
import { type Spec, withoutEmpty } from '../spec.ts';
import { networkId } from './network.ts';
import { projectId } from './project.ts';

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

export function profileId(project: string, name: string): string {
  return `profile:${project}/${name}`;
}

/** The NIC of a domain: what the default profile carries and what an instance's override starts from. */
function domainNic(domain: DesiredDomain): Config {
  return { type: 'nic', network: domain.network.name, name: 'eth0' };
}

/** The default profile first (root disk, eth0, and what the user adds to it), then the others as declared. */
export function profileSpecs(
  domain: DesiredDomain,
  projectName: string,
  pool: string | undefined,
  rootSize?: string,
): Spec[] {
  const own = domain.profiles.find((profile) => profile.name === 'default');
  const base: Devices = {
    root: { type: 'disk', path: '/', pool: pool ?? '', ...(rootSize && { size: rootSize }) },
    eth0: domainNic(domain),
  };
  const others = domain.profiles.filter((profile) => profile.name !== 'default');
  return [
    profileSpec(domain, projectName, {
      name: 'default',
      config: own?.config ?? {},
      devices: { ...base, ...own?.devices },
    }),
    ...others.map((profile) => profileSpec(domain, projectName, profile)),
  ];
}

function profileSpec(
  domain: DesiredDomain,
  projectName: string,
  profile: { readonly name: string; readonly config: Config; readonly devices: Devices },
): Spec {
  const config = withoutEmpty(profile.config);
  const networks = Object.values(profile.devices).flatMap(({ network }) => network ?? []);
  return {
    id: profileId(domain.project, profile.name),
    kind: 'profile',
    name: profile.name,
    project: domain.project,
    domain: domain.name,
    needs: [projectId(domain.project), ...new Set(networks.map(networkId))],
    wanted: {
      // Incus describes the default profile in words of its own; left to it, they would depend on how creation went.
      ...(profile.name === 'default' && { description: domain.description }),
      config: {
        ...config,
        [MARK.id]: profileId(domain.project, profile.name),
        [MARK.project]: projectName,
        [MARK.domain]: domain.name,
        [MARK.keys]: recordKeys(config, profile.devices),
      },
      devices: profile.devices,
    },
  };
}

export function profileEntry(spec: Spec, observed: Observed, rules: Rules): PlanEntry | undefined {
  if (spec.wanted.devices?.root?.pool === '') return refuse(spec, noPool);
  const live = findProfile(observed, spec.project ?? '', spec.name);
  // Incus makes the default profile together with the project: it is ours when the project is.
  return live && spec.name === 'default' && isProjectOurs(spec, observed, rules)
    ? converge(spec, live)
    : decide(spec, live, rules);
}

function isProjectOurs(spec: Spec, observed: Observed, rules: Rules): boolean {
  const project = observed.projects.find((one) => one.name === spec.project);
  return verdictOn(holderOf(project, rules.projectName), rules.adopt) !== 'refuse';
}

const noPool = {
  code: 'no-pool',
  reason: {
    en: `The daemon has no storage pool that could be chosen for root disks.`,
    fr: `Le démon n'a aucun pool de stockage qui puisse être choisi pour les disques racine.`,
  },
  remedy: {
    en: `Create one named 'default' (anklume incus -- storage create default btrfs), or name a pool in the root device of the profile 'default'.`,
    fr: `Créez-en un nommé « default » (anklume incus -- storage create default btrfs), ou nommez-en un dans le périphérique root du profil « default ».`,
  },
};
