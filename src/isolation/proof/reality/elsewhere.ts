import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { ProofFinding } from './finding.ts';
import type { Elsewhere, KernelLink } from './kernel.ts';
import { containerName, type LinkOwners } from './link-owners.ts';

/**
 * What lies in another namespace and joins one of our bridges, or their ports: an interface that stands on it, and the
 * NIC of a machine that is not where its machine is. `near`: interfaces of the host that are ours.
 */
export function elsewhereFindings(
  { owner, links }: Elsewhere,
  near: ReadonlyMap<number, KernelLink>,
  { instances, stacked }: LinkOwners,
): ProofFinding[] {
  return links.flatMap((link): ProofFinding[] => {
    const below = near.get(link.link ?? 0);
    if (!below || stacked?.has(`${owner}/${link.name}`)) return [];
    if (link.kind !== 'veth') return [finding(owner, link, below, STANDS)];
    const machine = instances.get(below.name);
    // While a machine starts, nobody has its NIC yet: of what belongs to no container, nothing follows.
    const isMoved = machine && owner.startsWith('container ') && containerName(machine) !== owner;
    return isMoved ? [finding(owner, link, below, ENDS)] : [];
  });
}

const STANDS: Text = { en: 'stands on', fr: 'repose sur' };
const ENDS: Text = {
  en: 'ends at a NIC that is of another machine,',
  fr: "aboutit à l'interface d'une autre machine,",
};

function finding(owner: string, link: KernelLink, below: KernelLink, how: Text): ProofFinding {
  const [top, on] = [printable(link.name), printable(below.name)];
  const kind = printable(link.kind ?? '?');
  const where = placeOf(owner);
  return {
    code: 'unknown-interface',
    place: below.name,
    text: {
      en: `the interface ${top} (${kind}) ${how.en} ${on}, and lies in ${where.en}`,
      fr: `l'interface ${top} (${kind}) ${how.fr} ${on}, et se trouve dans ${where.fr}`,
    },
    remedy: {
      en: `Delete it in there ('ip link delete ${top}'), or stop ${where.en}.`,
      fr: `Supprimez-la là où elle est (« ip link delete ${top} »), ou arrêtez ${where.fr}.`,
    },
  };
}

function placeOf(owner: string): Text {
  const [kind = '', name = ''] = owner.split(' ');
  const shown = printable(name);
  if (kind === 'container') return { en: `the container ${shown}`, fr: `le conteneur ${shown}` };
  if (kind === 'process') return { en: `the process ${shown}`, fr: `le processus ${shown}` };
  return {
    en: `the network namespace ${printable(owner)}`,
    fr: `l'espace réseau ${printable(owner)}`,
  };
}

/** Who could not be looked into. */
export function unreadPlaces(
  elsewhere: readonly Elsewhere[],
  unread: ReadonlyMap<string, string>,
): { readonly machine: string; readonly reason: Text }[] {
  const beside = elsewhere.flatMap(({ owner, unread: why }): [string, string][] =>
    why === undefined ? [] : [[owner.replace(/^container /, ''), why]],
  );
  return [...unread, ...beside].map(([machine, why]) => ({
    machine,
    reason: {
      en: `its interfaces cannot be read: ${printable(why)}`,
      fr: `ses interfaces ne peuvent pas être lues : ${printable(why)}`,
    },
  }));
}
