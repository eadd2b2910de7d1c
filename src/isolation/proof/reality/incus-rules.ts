import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { Network } from '../../../incus/index.ts';
import type { NftObject } from '../../load/listing.ts';
import type { ProofFinding } from './finding.ts';

/** A NIC whose addresses Incus pins. */
export interface PinnedNic {
  readonly machine: string;
  readonly instance: string;
  readonly project: string;
  readonly device: string;
  /** Its end on the host. */
  readonly port: string;
}

/** What Incus loads into nftables and what is not there: after a flush it comes back only when Incus is told. */
export function missingIncusRules(
  networks: readonly Network[],
  nics: readonly PinnedNic[],
  objects: readonly NftObject[],
): ProofFinding[] {
  const rules = objects.flatMap(({ rule }) => (rule?.table === 'incus' ? [rule] : []));
  const translating = new Set(
    rules.flatMap(({ chain, expr }) => (translates(expr) ? [String(chain)] : [])),
  );
  const bridged = rules.filter(({ family }) => family === 'bridge');
  // One chain for what a NIC sends to the host, one for what it sends to its neighbours: each alone leaves a way open.
  const [toHost, toOthers] = ['in.', 'fwd.'].map((start) =>
    JSON.stringify(bridged.filter(({ chain }) => String(chain).startsWith(start))),
  );
  const untranslated = networks.filter(
    ({ name, config }) => config['ipv4.nat'] === 'true' && !translating.has(`pstrt.${name}`),
  );
  const unpinned = nics.filter(({ port }) =>
    [toHost, toOthers].some((chains) => !chains?.includes(`"${port}"`)),
  );
  return [...noNat(untranslated.map(({ name }) => name)), ...noPins(unpinned)];
}

function translates(untrusted: unknown): boolean {
  const steps = Array.isArray(untrusted) ? untrusted : [];
  return steps.some((step) =>
    ['masquerade', 'snat'].some((word) => Object.hasOwn(Object(step), word)),
  );
}

/** `a, b, c and 7 more`, which few commands need. */
function listed(names: readonly string[]): Text {
  const shown = names.slice(0, 3).map(printable).join(', ');
  const more = names.length - 3;
  if (more <= 0) return { en: shown, fr: shown };
  return { en: `${shown} and ${more} more`, fr: `${shown} et ${more} de plus` };
}

function noNat(networks: readonly string[]): ProofFinding[] {
  const [first] = networks;
  if (first === undefined) return [];
  const { en, fr } = listed(networks);
  const set = `anklume incus -- network set ${printable(first)} ipv4.nat`;
  return [
    {
      code: 'incus-nat',
      place: networks.join(' '),
      text: {
        en: `Incus's address translation for ${en} is missing from nftables: no machine there reaches the internet`,
        fr: `la traduction d'adresses d'Incus pour ${fr} manque dans nftables : aucune machine n'y atteint internet`,
      },
      remedy: {
        en: `Restart Incus (machines keep running), or set it again for each network: ${set}=false && ${set}=true`,
        fr: `Redémarrez Incus (les machines continuent), ou définissez-la de nouveau pour chaque réseau : ${set}=false && ${set}=true`,
      },
    },
  ];
}

function noPins(nics: readonly PinnedNic[]): ProofFinding[] {
  const [first] = nics;
  if (!first) return [];
  const names = [...new Set(nics.map(({ machine }) => machine))];
  const { en, fr } = listed(names);
  const [name, project, device] = [first.instance, first.project, first.device].map(printable);
  const set = `anklume incus -- config device set ${name} ${device} --project ${project} security.mac_filtering`;
  return [
    {
      code: 'incus-pins',
      place: names.join(' '),
      text: {
        en: `Incus's filters (address and MAC) of ${en} are missing from nftables`,
        fr: `les filtres d'Incus (adresse et MAC) de ${fr} manquent dans nftables`,
      },
      remedy: {
        en: `Restart each machine ('anklume instance restart ${printable(first.machine)}'), or set them again as it runs: ${set}=false && ${set}=true`,
        fr: `Redémarrez chaque machine (« anklume instance restart ${printable(first.machine)} »), ou définissez-les de nouveau pendant qu'elle tourne : ${set}=false && ${set}=true`,
      },
    },
  ];
}
