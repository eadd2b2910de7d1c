import type { Text } from '../../messages/index.ts';
import { printable } from '../../system/index.ts';

/** The comments of dropping rules, which nft holds in English, for French readers. */
const FRENCH: Readonly<Record<string, string>> = {
  'IPv6 is off in every domain': 'IPv6 est coupé dans tous les domaines',
  'a domain without internet': 'un domaine sans accès à internet',
  'a domain without the local network': 'un domaine sans accès au réseau local',
  'answers to what was let in before': 'des réponses à ce qui passait auparavant',
  'domains are closed from outside': "les domaines sont fermés de l'extérieur",
  'domains are closed to each other': 'les domaines sont fermés les uns aux autres',
  'from the local network to a domain without it':
    'du réseau local vers un domaine qui en est coupé',
  'neither IPv4 nor ARP': 'ni IPv4 ni ARP',
  "not this card's MAC": "une MAC qui n'est pas celle de cette carte",
  'only the gateway answers DHCP': 'seule la passerelle répond en DHCP',
  'part of no conversation': "ne fait partie d'aucun échange",
  "the MAC of another machine's card": "la MAC de la carte d'une autre machine",
  'the host is closed': "l'hôte est fermé",
};

/** Why packets were dropped, from the comment of the rule that did it; an unknown one is shown as it is. */
export function dropReason(untrustedComment: string): Text {
  const en = printable(untrustedComment);
  return { en, fr: Object.hasOwn(FRENCH, en) ? (FRENCH[en] ?? en) : en };
}
