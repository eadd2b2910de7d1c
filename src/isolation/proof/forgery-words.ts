import type { Text } from '../../base/messages/index.ts';
import type { Forgery } from './forgery.ts';
import type { ForgeryCell, Mismatch } from './proof.ts';

/** A forged frame that did what it must not, in words. */
export function forgeryMismatch(cell: ForgeryCell): Mismatch {
  const { en, fr } = WORDS[cell.forged];
  const as = cell.as === undefined ? '' : ` ${cell.as}`;
  const service = cell.port === undefined ? '' : ` ${cell.protocol}/${cell.port}`;
  const sixth = cell.family ? ' (IPv6)' : '';
  const packet = `${cell.from} -> ${cell.to}${service}${sixth}`;
  return { ...cell, text: { en: `${packet}: ${en}${as}`, fr: `${packet} : ${fr}${as}` } };
}

const WORDS: Readonly<Record<Forgery, Text>> = {
  none: {
    en: 'an honest frame does not arrive, so that of forged ones nothing is proved',
    fr: "une trame honnête n'arrive pas : des trames contrefaites, rien n'est donc prouvé",
  },
  address: {
    en: 'a packet arrives that names another sender,',
    fr: 'un paquet arrive qui nomme un autre expéditeur,',
  },
  mac: {
    en: "the bridge believes a frame with another MAC than its sender's, and can be led to give away a neighbour's traffic",
    fr: "le pont croit une trame dont la MAC n'est pas celle de son expéditeur, et peut être amené à livrer le trafic d'une voisine",
  },
  arp: {
    en: 'an ARP answer arrives that claims another address,',
    fr: 'une réponse ARP arrive qui revendique une autre adresse,',
  },
  neighbour: {
    en: 'a neighbour advertisement arrives that claims another address,',
    fr: 'une annonce de voisin arrive qui revendique une autre adresse,',
  },
  hidden: {
    en: 'a neighbour advertisement arrives behind another header that claims another address,',
    fr: 'une annonce de voisin arrive derrière un autre en-tête et revendique une autre adresse,',
  },
  client: {
    en: 'the gateway is asked for an address in the name of another card',
    fr: "une adresse est demandée à la passerelle au nom d'une autre carte",
  },
  dhcp: {
    en: "an answer to DHCP arrives that is not the gateway's",
    fr: "une réponse DHCP arrive qui n'est pas celle de la passerelle",
  },
  router: {
    en: 'an IPv6 router announces itself',
    fr: "un routeur IPv6 s'annonce",
  },
  related: {
    en: 'an ICMP error arrives about a conversation that its sender has no part in, that with',
    fr: "une erreur ICMP arrive à propos d'une conversation à laquelle son expéditeur n'a pas part, celle avec",
  },
  outside: {
    en: 'the host answers the machine what somebody outside has sent in its name,',
    fr: "l'hôte répond à la machine à ce que quelqu'un au dehors a envoyé en son nom,",
  },
  ipv6: {
    en: 'IPv6 gets through, and one of both does not declare it',
    fr: "IPv6 passe, alors que l'une des deux ne le déclare pas",
  },
};
