import { printable } from '../../../base/system/index.ts';
import type { Stray } from '../measure.ts';
import type { ProofFinding } from './finding.ts';

/** Packets that were seen where their way does not lead, by the place at which they were. */
export function strayFindings(
  strays: readonly Stray[],
  owners: ReadonlyMap<string, string>,
): ProofFinding[] {
  const found = new Map<string, { place: string; probes: Stray['probe'][] }>();
  for (const { probe, places } of strays)
    for (const place of places) {
      // A machine is seen at both ends of its NIC.
      const owner = owners.get(place) ?? place;
      const one = found.get(owner) ?? { place, probes: [] };
      const isPort = owners.has(place);
      found.set(owner, { place: isPort ? place : one.place, probes: [...one.probes, probe] });
    }
  return [...found].map(([owner, { place, probes }]) => {
    const pairs = [...new Set(probes.map(({ from, to }) => `${from} -> ${to}`))].map(printable);
    const [first = '', ...more] = pairs;
    const at = owner === place ? printable(place) : `${printable(owner)} (${printable(place)})`;
    const rest =
      more.length === 0
        ? { en: '', fr: '' }
        : { en: ` and ${more.length} more`, fr: ` et ${more.length} de plus` };
    return {
      code: 'strayed',
      place,
      text: {
        en: `what is sent ${first}${rest.en} also arrives at ${at}`,
        fr: `ce qui est envoyé ${first}${rest.fr} arrive aussi à ${at}`,
      },
      remedy: {
        en: `Something copies or redirects packets on the host: see the other findings, 'tc filter show', 'nft list ruleset' and 'ip link'.`,
        fr: `Quelque chose copie ou détourne des paquets sur l'hôte : voyez les autres constats, « tc filter show », « nft list ruleset » et « ip link ».`,
      },
    };
  });
}
