import type { Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';

/** The comments of dropping rules, which nft holds in English, for French readers. */
const FRENCH: Readonly<Record<string, string>> = {
  'ARP for an address of another network': "une question ARP sur une adresse d'un autre réseau",
  'ARP for another address': 'une réponse ARP pour une autre adresse',
  "DHCP in the name of another machine's card":
    "une demande DHCP au nom de la carte d'une autre machine",
  'DHCP that gives an address back, or speaks for others':
    "une demande DHCP qui rend une adresse, ou au nom d'autres",
  'ARP of the firewall machine for another MAC':
    'une réponse ARP de la machine pare-feu pour une autre MAC',
  'ARP of the firewall machine for another address':
    'une réponse ARP de la machine pare-feu pour une autre adresse',
  'ICMP that is no error about a conversation':
    "un message ICMP qui n'est pas une erreur à propos d'un échange",
  'IPv6 is off in every domain': 'IPv6 est coupé dans tous les domaines',
  'IPv6 is off in this domain': 'IPv6 est coupé dans ce domaine',
  'a machine that is no longer declared': "une machine qui n'est plus déclarée",
  'a domain without internet': 'un domaine sans accès à internet',
  'a domain without the local network': 'un domaine sans accès au réseau local',
  'an ICMP error about a conversation that is not allowed':
    "une erreur ICMP à propos d'un échange qui n'est pas permis",
  'an ICMP error from who is no end of the conversation':
    "une erreur ICMP de qui n'est pas partie à l'échange",
  'an address of a domain, from outside': "une adresse d'un domaine, venue de l'extérieur",
  'an address of no domain': "une adresse d'aucun domaine",
  "an address of the leg's own domain that is not the leg's":
    "une adresse du domaine de la patte qui n'est pas la sienne",
  'answers to what was let in before': 'des réponses à ce qui passait auparavant',
  'between domains only through the firewall machine':
    'entre domaines, seulement par la machine pare-feu',
  'domains are closed from outside': "les domaines sont fermés de l'extérieur",
  'domains are closed to each other': 'les domaines sont fermés les uns aux autres',
  'from the local network to a domain without it':
    'du réseau local vers un domaine qui en est coupé',
  'gateways and legs speak for themselves':
    'les passerelles et les pattes parlent pour elles-mêmes',
  'headers that hide what they carry': "des en-têtes qui cachent ce qu'ils portent",
  'neither IPv4 nor ARP': 'ni IPv4 ni ARP',
  'neighbour discovery behind other headers':
    "une découverte de voisins derrière d'autres en-têtes",
  'neighbour discovery for another address': 'une découverte de voisins pour une autre adresse',
  'neighbour discovery with another MAC': 'une découverte de voisins avec une autre MAC',
  'neighbour discovery with more than a MAC': "une découverte de voisins avec plus qu'une MAC",
  'neighbour discovery of the firewall machine for another address':
    'une découverte de voisins de la machine pare-feu pour une autre adresse',
  'no way around the host': "aucun chemin qui contourne l'hôte",
  "not this card's MAC": "une MAC qui n'est pas celle de cette carte",
  "not this card's address": "une adresse qui n'est pas celle de cette carte",
  'options, which name ways': 'des options, qui nomment des chemins',
  'only the gateway announces a router': 'seule la passerelle annonce un routeur',
  'from a card past its bridge': "d'une carte, en contournant son pont",
  'only the gateway asks who listens': 'seule la passerelle demande qui écoute',
  'only the gateway is asked for an address': 'seule la passerelle se voit demander une adresse',
  'only the gateway answers DHCP': 'seule la passerelle répond en DHCP',
  'part of no conversation': "ne fait partie d'aucun échange",
  "the MAC of another machine's card": "la MAC de la carte d'une autre machine",
  "the address of another machine's card": "l'adresse de la carte d'une autre machine",
  'the firewall machine speaks with no other domain':
    'la machine pare-feu ne parle à aucun autre domaine',
  'the host is closed': "l'hôte est fermé",
  'to the firewall machine only through the host': "vers la machine pare-feu, seulement par l'hôte",
  'without an address there is nothing but DHCP': "sans adresse, il n'y a que DHCP",
  'to the host the firewall machine speaks for itself alone':
    "à l'hôte, la machine pare-feu ne parle que pour elle-même",
  'a complaint about a packet that no rule has seen':
    "une plainte au sujet d'un paquet qu'aucune règle n'a vu",
  'an address of another network': "une adresse d'un autre réseau",
  'a machine with too many conversations': "une machine qui a trop d'échanges en cours",
  'more machines than can be counted': "plus de machines qu'on ne peut en compter",
  'too many conversations with addresses that no machine has':
    "trop d'échanges avec des adresses qu'aucune machine ne porte",
  'too many hosts of the local network at once': "trop d'hôtes du réseau local à la fois",
};

/** Why packets were dropped, from the comment of the rule that did it; an unknown one is shown as it is. */
export function dropReason(untrustedComment: string): Text {
  const en = printable(untrustedComment);
  return { en, fr: Object.hasOwn(FRENCH, en) ? (FRENCH[en] ?? en) : en };
}
