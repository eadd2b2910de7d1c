import type { Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';

export type BridgeFaultCode =
  | 'bridge-missing'
  | 'bridge-down'
  | 'bridge-address'
  | 'bridge-services'
  | 'no-forwarding'
  | 'nic-detached'
  | 'nic-missing';

const UP: Text = { en: 'anklume up', fr: 'anklume up' };

/** What a fault of a bridge means for its machines, and what repairs it. */
export function wordsOf(
  code: BridgeFaultCode,
  network: string,
  what = '',
  port = '',
): { readonly text: Text; readonly remedy: Text } {
  const [on, it, end] = [network, what, port].map(printable);
  const text = {
    'bridge-missing': {
      en: `the bridge ${on} does not exist on the host: its machines reach nothing`,
      fr: `le pont ${on} n'existe pas sur l'hôte : ses machines n'atteignent rien`,
    },
    'bridge-down': {
      en: `the bridge ${on} is down: its machines reach nothing`,
      fr: `le pont ${on} est désactivé : ses machines n'atteignent rien`,
    },
    'bridge-address': {
      en: `the bridge ${on} lacks its address ${it}: its machines have no gateway`,
      fr: `le pont ${on} n'a pas son adresse ${it} : ses machines n'ont pas de passerelle`,
    },
    'bridge-services': {
      en: `nothing answers DHCP and DNS on ${on}: its dnsmasq does not run`,
      fr: `rien ne répond en DHCP et en DNS sur ${on} : son dnsmasq ne tourne pas`,
    },
    'no-forwarding': {
      en: `the host does not forward ${it} packets of ${on}: its machines reach nothing outside of it`,
      fr: `l'hôte ne transmet pas les paquets ${it} de ${on} : ses machines n'atteignent rien en dehors`,
    },
    'nic-detached': {
      en: `the NIC of ${it} (${end} on the host) is down or not on its bridge ${on}: the machine reaches nothing`,
      fr: `l'interface de ${it} (${end} sur l'hôte) est désactivée ou n'est pas sur son pont ${on} : la machine n'atteint rien`,
    },
    'nic-missing': {
      en: `the NIC of ${it} has no end on the host (${end} on ${on}): the machine reaches nothing`,
      fr: `l'interface de ${it} n'a pas d'extrémité sur l'hôte (${end} sur ${on}) : la machine n'atteint rien`,
    },
  }[code];
  const restart = `anklume instance restart ${it}`;
  return { text, remedy: code === 'nic-missing' ? { en: restart, fr: restart } : UP };
}
