import type { Text } from '../../base/messages/index.ts';
import type { RuleCode } from '../rules/codes.ts';
import type { Forgery } from './forgery.ts';
import type { ForgeryCell, Mismatch } from './proof.ts';

/** A forged frame that did what it must not, in words. */
export function forgeryMismatch(cell: ForgeryCell): Mismatch {
  const { code, en, fr } = WORDS[cell.forged];
  const as = cell.as === undefined ? '' : ` ${cell.as}`;
  const service = cell.port === undefined ? '' : ` ${cell.protocol}/${cell.port}`;
  const sixth = cell.family ? ' (IPv6)' : '';
  const packet = `${cell.from} -> ${cell.to}${service}${sixth}`;
  return {
    ...cell,
    code,
    text: { en: `${packet}: ${en}${as} [${code}]`, fr: `${packet} : ${fr}${as} [${code}]` },
  };
}

/** What it did, and the code of the rule that is to stop it. */
const WORDS: Readonly<Record<Forgery, Text & { readonly code: RuleCode }>> = {
  none: {
    code: 'own-frame',
    en: 'an honest frame does not arrive, so nothing is proved about forged ones',
    fr: "une trame honnête n'arrive pas : rien n'est donc prouvé sur les trames contrefaites",
  },
  address: {
    code: 'not-own-address',
    en: 'a packet arrives with the address of another sender:',
    fr: "un paquet arrive avec l'adresse d'un autre expéditeur :",
  },
  mac: {
    code: 'not-own-mac',
    en: "the bridge accepts a frame with a MAC that is not its sender's, so a neighbour's traffic can be diverted",
    fr: "le pont accepte une trame dont la MAC n'est pas celle de son expéditeur : le trafic d'une voisine peut donc être détourné",
  },
  arp: {
    code: 'not-own-arp',
    en: 'an ARP answer arrives and claims the address of another:',
    fr: "une réponse ARP arrive et revendique l'adresse d'une autre :",
  },
  neighbour: {
    code: 'neighbour-address',
    en: 'a neighbour advertisement arrives and claims the address of another:',
    fr: "une annonce de voisin arrive et revendique l'adresse d'une autre :",
  },
  hidden: {
    code: 'neighbour-headers',
    en: 'a neighbour advertisement behind an extension header arrives and claims the address of another:',
    fr: "une annonce de voisin derrière un en-tête d'extension arrive et revendique l'adresse d'une autre :",
  },
  client: {
    code: 'dhcp-others',
    en: 'a DHCP request with the MAC of another NIC reaches the gateway',
    fr: "une requête DHCP avec la MAC d'une autre interface atteint la passerelle",
  },
  dhcp: {
    code: 'dhcp-server',
    en: "a DHCP answer that is not the gateway's arrives",
    fr: "une réponse DHCP qui n'est pas celle de la passerelle arrive",
  },
  router: {
    code: 'router-advert',
    en: 'an IPv6 router announces itself',
    fr: "un routeur IPv6 s'annonce",
  },
  related: {
    code: 'icmp-sender',
    en: 'an ICMP error about a connection of others arrives, the connection with',
    fr: "une erreur ICMP sur une connexion d'autres machines arrive, la connexion avec",
  },
  outside: {
    code: 'forged-source',
    en: 'the host sends the machine the answer to a packet that came from outside in its name:',
    fr: "l'hôte envoie à la machine la réponse à un paquet venu du dehors en son nom :",
  },
  ipv6: {
    code: 'ipv6-off',
    en: 'IPv6 gets through, but one of the two does not declare it',
    fr: "IPv6 passe, alors que l'une des deux ne le déclare pas",
  },
};
