import type { Text } from '../../base/messages/index.ts';
import {
  type Desired,
  foreignLinks,
  foreignNics,
  type NicHolder,
  type NicNetwork,
} from '../../world/tree/index.ts';
import { idmapFindings } from '../idmap/notes.ts';
import type { Mapped } from '../idmap/ranges.ts';
import type { Change, PlanNote } from '../plan.ts';
import { instanceId } from '../resources/instance-spec.ts';
import { networkId } from '../resources/network.ts';
import { type LiveSettings, liveDangers } from './dangers.ts';

export type LiveMachine = LiveSettings & NicHolder & Mapped;

/** Something that runs otherwise than declared and that apply leaves alone, because somebody set it by hand. */
export interface Finding {
  /** Where: a machine, or with an empty name the bridge of a domain. */
  readonly project: string;
  readonly instance: string;
  /** As drift shows it. */
  readonly change: Change;
  readonly note: PlanNote;
}

/**
 * What opens machines of the domains, or their bridges, past what is declared: NICs that lead out of a domain,
 * interfaces joined to a bridge, settings that equal `security.privileged`. Pure, from lists of the daemon.
 */
export function realityOf(
  desired: Desired,
  instances: readonly LiveMachine[],
  networks: readonly NicNetwork[],
): Finding[] {
  const projects = new Set(desired.domains.map(({ project }) => project));
  return [
    ...nics(desired, instances, networks),
    ...links(desired, networks),
    ...settings(desired, instances),
    ...idmapFindings(instances, ({ project }) => projects.has(project)),
  ];
}

function nics(
  desired: Desired,
  instances: readonly LiveMachine[],
  networks: readonly NicNetwork[],
): Finding[] {
  return foreignNics(desired, instances, networks)
    .filter(({ allowed }) => !allowed)
    .map(({ project, instance, device, kind, target, reason }) => ({
      project,
      instance,
      change: { key: `devices.${device}`, from: `${kind}: ${target}` },
      note: {
        id: instanceId(project, instance),
        code: 'foreign-nic',
        drift: true as const,
        text: ofMachine(instance, reason),
        remedy: {
          en: `Take it out: anklume incus -- config device remove ${instance} ${device} --project ${project}. Or declare it in infra.yml, with the word that its message names under 'allow'.`,
          fr: `Retirez-la : anklume incus -- config device remove ${instance} ${device} --project ${project}. Ou déclarez-la dans infra.yml, avec sous « allow » le mot que nomme son message.`,
        },
      },
    }));
}

function links(desired: Desired, networks: readonly NicNetwork[]): Finding[] {
  return foreignLinks(desired, networks).map(({ network, domain, kind, target, reason }) => {
    const key = kind === 'tunnel' ? `tunnel.${target}.protocol` : 'bridge.external_interfaces';
    return {
      project: desired.domains.find(({ name }) => name === domain)?.project ?? '',
      instance: '',
      change: { key: `network.${key}`, from: target },
      note: {
        id: networkId(network),
        code: 'foreign-link',
        drift: true as const,
        text: sentence(reason),
        remedy: {
          en: `Undo it: anklume incus -- network unset ${network} ${key}`,
          fr: `Annulez-le : anklume incus -- network unset ${network} ${key}`,
        },
      },
    };
  });
}

function settings(desired: Desired, instances: readonly LiveMachine[]): Finding[] {
  return instances.flatMap((live) => {
    const domain = desired.domains.find(({ project }) => project === live.project);
    if (!domain) return [];
    return liveDangers(desired, domain, live).map(({ path, word, gives }) => {
      const key = path.join('.');
      const [group, ...name] = path;
      const by =
        group === 'devices'
          ? `anklume incus -- config device remove ${live.name} ${name.join('.')}`
          : `anklume incus -- config unset ${live.name} ${name.join('.')}`;
      return {
        project: live.project,
        instance: live.name,
        change: { key, from: word },
        note: {
          id: instanceId(live.project, live.name),
          code: 'dangerous-setting',
          drift: true as const,
          text: {
            en: `'${live.name}' has the setting '${name.join('.')}', which nobody permitted: ${gives.en}.`,
            fr: `« ${live.name} » a le réglage « ${name.join('.')} », que personne n'a permis : ${gives.fr}.`,
          },
          remedy: {
            en: `Undo it: ${by} --project ${live.project}. Or declare it, with 'allow: [${word}]' on the machine.`,
            fr: `Annulez-le : ${by} --project ${live.project}. Ou déclarez-le, avec « allow: [${word}] » sur la machine.`,
          },
        },
      };
    });
  });
}

function ofMachine(name: string, { en, fr }: Text): Text {
  return { en: `'${name}': ${en}.`, fr: `« ${name} » : ${fr}.` };
}

function sentence({ en, fr }: Text): Text {
  const first = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
  return { en: `${first(en)}.`, fr: `${first(fr)}.` };
}
