import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import type { MachineStatus } from '../../../engine/index.ts';
import { renderFacts } from '../../../kit/render/facts.ts';
import type { Session } from '../../../kit/session.ts';
import type { DesiredDomain, DesiredPolicy } from '../../../world/tree/index.ts';
import { renderMachines } from './machines.ts';

/** A domain: its facts, what a policy opens, and its machines as they are. */
export function renderDomain(
  { name, description, trustLevel, project, network, internet, lan }: DesiredDomain,
  policies: readonly DesiredPolicy[],
  machines: readonly MachineStatus[],
  look: Pick<Session, 't' | 'paint' | 'width'>,
): string {
  const { t, paint } = look;
  const yes = t({ en: 'yes', fr: 'oui' });
  const no = t({ en: 'no', fr: 'non' });
  const { ipv6 } = network;
  const facts = renderFacts([
    [t({ en: 'Domain', fr: 'Domaine' }), paint.trust(trustLevel, printable(name))],
    [t({ en: 'Trust', fr: 'Confiance' }), trustLevel ?? ''],
    [t({ en: 'About', fr: 'Description' }), printable(description)],
    [t({ en: 'Project', fr: 'Projet' }), printable(project)],
    [t({ en: 'Bridge', fr: 'Pont' }), printable(network.name)],
    [
      t({ en: 'Network', fr: 'Réseau' }),
      [network.subnet, ...(ipv6 ? [ipv6.subnet] : [])].map(printable).join(', '),
    ],
    [t({ en: 'Gateway', fr: 'Passerelle' }), printable(network.gateway)],
    ['Internet', internet ? yes : no],
    [t({ en: 'Local network', fr: 'Réseau local' }), internet && lan ? yes : no],
    [
      t({ en: 'Opened', fr: 'Ouvert' }),
      policies.map((policy) => t(policyWords(policy))).join('\n') ||
        t({ en: 'nothing', fr: 'rien' }),
    ],
  ]);
  return `${facts}\n${renderMachines(machines, look)}`;
}

function policyWords({
  from,
  to,
  ports,
  protocol,
  bidirectional,
  description,
}: DesiredPolicy): Text {
  const arrow = bidirectional ? '<->' : '->';
  const about = description === '' ? '' : ` (${printable(description)})`;
  const ends = `${printable(from)} ${arrow} ${printable(to)}`;
  const list = ports === 'all' ? undefined : ports.join(', ');
  return {
    en: `${ends}: ${protocol ? `${protocol} ${list ?? 'all ports'}` : 'every protocol'}${about}`,
    fr: `${ends} : ${protocol ? `${protocol} ${list ?? 'tous les ports'}` : 'tous les protocoles'}${about}`,
  };
}
