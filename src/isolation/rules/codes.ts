import type { Text } from '../../base/messages/index.ts';

/**
 * Every rule that accepts, drops or counts has a code: a short word that stays the same from version to version. It
 * stands first in the rule's comment, and everything that reads loaded rules goes by it, never by the words behind it.
 */

/**
 * The chains in which a code can stand: of the tables `inet` and `bridge` on the host, those of what is closed
 * included; of the firewall machine's own table; of what stands before the rules are loaded. `/*` stands for bridges.
 */
export interface Places {
  readonly inet?: string;
  readonly bridge?: string;
  readonly router?: string;
  readonly boot?: string;
}

interface Entry {
  readonly text: Text;
  readonly places: Places;
}

const code = (en: string, fr: string, places: Places): Entry => ({ text: { en, fr }, places });

const TABLE = {
  // Between domains.
  policy: code('a policy opens this', 'une politique ouvre ce passage', {
    inet: 'policies/* host_policies/*',
    router: 'policies/*',
  }),
  'policy-reply': code(
    'a reply to what a policy opens',
    "une réponse à ce qu'ouvre une politique",
    {
      inet: 'policies/*',
      router: 'policies/*',
    },
  ),
  'policy-icmp': code(
    'a related ICMP error about what a policy opens',
    "une erreur ICMP liée à ce qu'ouvre une politique",
    { inet: 'errors/* host_errors/*', router: 'errors/*' },
  ),
  'inter-domain': code(
    'domains are closed to each other',
    'les domaines sont fermés les uns aux autres',
    { inet: 'between steered', router: 'refused' },
  ),
  'via-firewall': code(
    'domains reach each other only through the firewall machine',
    'les domaines ne se joignent que par la machine pare-feu',
    { inet: 'between' },
  ),
  'intra-domain': code('inside a domain', "à l'intérieur d'un domaine", {
    inet: 'within inside/*',
  }),
  'keep-source': code(
    'what stays on our bridges keeps its source address',
    'ce qui reste sur nos ponts garde son adresse source',
    { inet: 'own_source' },
  ),

  // Connections and ICMP errors.
  'invalid-state': code('invalid connection state', 'état de connexion invalide', {
    inet: 'between steered unusual_host unsettled_outward unusual_inward',
    router: 'forward input',
  }),
  'related-icmp': code(
    'a related ICMP error about an allowed connection',
    'une erreur ICMP liée à une connexion autorisée',
    {
      inet: 'errors_within errors_outward errors_inward errors_gateway errors_host errors_steered',
      router: 'output',
    },
  ),
  'icmp-type': code(
    'related ICMP that is not an error about a connection',
    "de l'ICMP lié qui n'est pas une erreur à propos d'une connexion",
    { inet: 'errors errors_inward', router: 'errors' },
  ),
  'icmp-sender': code(
    'a related ICMP error from a sender that is not part of the connection',
    "une erreur ICMP liée, de qui n'est pas partie à la connexion",
    { inet: 'errors', router: 'errors' },
  ),
  'icmp-closed': code(
    'a related ICMP error about a connection that is not allowed',
    "une erreur ICMP liée à une connexion qui n'est pas autorisée",
    {
      inet: 'errors_between errors_within errors_outward errors_inward errors_host errors_elsewhere errors_steered',
    },
  ),

  // To and from the internet.
  egress: code('to the internet', 'vers internet', { inet: 'outward' }),
  'egress-reply': code('a reply from the internet', "une réponse venue d'internet", {
    inet: 'inward',
  }),
  'egress-lan': code(
    'to the local network, from a domain without it',
    'vers le réseau local, depuis un domaine qui en est coupé',
    { inet: 'outward errors_outward' },
  ),
  'no-internet': code('a domain without internet', 'un domaine sans accès à internet', {
    inet: 'outward errors_inward',
  }),
  ingress: code('domains are closed from outside', "les domaines sont fermés de l'extérieur", {
    inet: 'inward',
  }),
  'ingress-reply': code(
    'a reply to a connection from outside, which is not allowed',
    "une réponse à une connexion venue de l'extérieur, qui n'est pas autorisée",
    { inet: 'outward' },
  ),
  'ingress-lan': code(
    'from the local network to a domain without it',
    'du réseau local vers un domaine qui en est coupé',
    { inet: 'inward errors_inward' },
  ),
  'source-route': code(
    'IP options, which can name a route',
    'des options IP, qui peuvent nommer une route',
    { inet: 'inward to_machines' },
  ),
  'parameter-problem': code(
    'an ICMPv6 complaint about a packet that no rule has seen',
    "une plainte ICMPv6 au sujet d'un paquet qu'aucune règle n'a vu",
    { inet: 'to_machines' },
  ),
  'known-interface': code(
    'from a bridge of ours, or from the host itself',
    "d'un pont à nous, ou de l'hôte lui-même",
    { inet: 'origin' },
  ),
  'forged-source': code(
    'the address of a domain, from outside',
    "l'adresse d'un domaine, venue de l'extérieur",
    { inet: 'forged_origin' },
  ),
  'icmp-redirect': code(
    'the host announces no way around itself',
    "l'hôte n'annonce aucun chemin qui le contourne",
    { inet: 'output' },
  ),

  // To the host.
  'own-gateway': code(
    'DNS, DHCP and ping at the own gateway',
    'DNS, DHCP et ping sur sa propre passerelle',
    { inet: 'gateway' },
  ),
  'host-reply': code('a reply to the host', "une réponse à l'hôte", { inet: 'host' }),
  'host-closed': code('the host is closed', "l'hôte est fermé", { inet: 'host' }),
  'foreign-subnet': code(
    "a source address outside the bridge's own network",
    'une adresse source hors du réseau de ce pont',
    { inet: 'host' },
  ),
  'past-bridge': code(
    'from a NIC, past the rules of its bridge',
    "d'une carte, en contournant les règles de son pont",
    { inet: 'input' },
  ),
  undeclared: code('a machine that is no longer declared', "une machine qui n'est plus déclarée", {
    inet: 'stray_input',
    bridge: 'stray_prerouting stray_forward stray_input stray_output',
  }),

  // What one machine can use up.
  'connection-limit': code(
    'a machine with too many connections',
    'une machine qui a trop de connexions',
    { inet: 'opened' },
  ),
  'unused-address-limit': code(
    'too many connections to addresses that no machine has',
    "trop de connexions vers des adresses qu'aucune machine ne porte",
    { inet: 'to_strangers' },
  ),
  'neighbour-limit': code(
    'too many hosts of the local network at once',
    "trop d'hôtes du réseau local à la fois",
    { inet: 'seeking' },
  ),
  'counter-full': code(
    'more machines than can be counted',
    "plus de machines qu'on ne peut en compter",
    { inet: 'opened to_strangers seeking' },
  ),

  // Who a NIC says it is.
  'own-frame': code(
    'IPv4 of a NIC with its own MAC and address',
    "IPv4 d'une carte avec ses propres MAC et adresse",
    { bridge: 'prerouting' },
  ),
  'own-arp': code('ARP of the NIC itself', 'ARP de la carte elle-même', { bridge: 'prerouting' }),
  'not-own-mac': code("not this NIC's MAC", "une MAC qui n'est pas celle de cette carte", {
    bridge: 'prerouting',
  }),
  'not-own-address': code(
    "not this NIC's address",
    "une adresse qui n'est pas celle de cette carte",
    { bridge: 'member' },
  ),
  'not-own-arp': code('ARP for another address', 'ARP pour une autre adresse', {
    bridge: 'member',
  }),
  'others-mac': code("the MAC of another machine's NIC", "la MAC de la carte d'une autre machine", {
    bridge: 'prerouting',
  }),
  'others-address': code(
    "the address of another machine's NIC",
    "l'adresse de la carte d'une autre machine",
    { bridge: 'prerouting' },
  ),
  'foreign-arp': code(
    'ARP for an address of another network',
    "ARP pour une adresse d'un autre réseau",
    { bridge: 'asked' },
  ),
  ethertype: code('neither IPv4 nor ARP', 'ni IPv4 ni ARP', { bridge: 'guard' }),

  // DHCP.
  'dhcp-client': code('a request for an address', "une demande d'adresse", {
    inet: 'dhcp dhcp6',
    bridge: 'asking',
    boot: 'input',
  }),
  'dhcp-others': code(
    "DHCP in the name of another machine's NIC",
    "DHCP au nom de la carte d'une autre machine",
    { inet: 'dhcp' },
  ),
  'dhcp-message': code(
    'DHCP that gives an address back, or speaks for others',
    'DHCP qui rend une adresse, ou parle pour les autres',
    { inet: 'dhcp6' },
  ),
  'dhcp-server': code('only the gateway answers DHCP', 'seule la passerelle répond en DHCP', {
    bridge: 'guard guard6',
  }),
  'dhcp-to-machine': code(
    'only the gateway is asked for an address',
    'seule la passerelle se voit demander une adresse',
    { bridge: 'passing' },
  ),
  'no-address': code(
    'without an address there is nothing but DHCP',
    "sans adresse, il n'y a que DHCP",
    { bridge: 'asking' },
  ),

  // IPv6.
  'ipv6-off': code('IPv6 is off in this domain', 'IPv6 est coupé dans ce domaine', {
    inet: 'host between outward inward',
    bridge: 'guard',
    router: 'forward input output',
  }),
  neighbour: code('who has an address on the link', 'qui porte une adresse sur le lien', {
    inet: 'host',
    router: 'input output',
    boot: 'input',
  }),
  'neighbour-mac': code(
    'neighbour discovery with another MAC',
    'une découverte de voisins avec une autre MAC',
    { bridge: 'told6' },
  ),
  'neighbour-address': code(
    'neighbour discovery for another address',
    'une découverte de voisins pour une autre adresse',
    { bridge: 'told6' },
  ),
  'neighbour-headers': code(
    'neighbour discovery behind other headers',
    "une découverte de voisins derrière d'autres en-têtes",
    { bridge: 'told6' },
  ),
  'neighbour-length': code(
    'neighbour discovery with more than a MAC',
    "une découverte de voisins avec plus qu'une MAC",
    { bridge: 'told6' },
  ),
  'hidden-payload': code(
    'headers that hide what they carry',
    "des en-têtes qui cachent ce qu'ils portent",
    { bridge: 'visible6' },
  ),
  'router-advert': code(
    'only the gateway announces a router',
    'seule la passerelle annonce un routeur',
    { bridge: 'guard6' },
  ),
  'multicast-query': code(
    'only the gateway asks who listens',
    'seule la passerelle demande qui écoute',
    { bridge: 'guard6' },
  ),

  // The firewall machine: on the host, and inside it.
  'firewall-own': code(
    'the firewall machine in its own name',
    'la machine pare-feu en son propre nom',
    { inet: 'errors_steered', bridge: 'leg leg6/*' },
  ),
  'firewall-machine': code(
    'the firewall machine speaks with no other domain',
    'la machine pare-feu ne parle à aucun autre domaine',
    { inet: 'steered errors_steered' },
  ),
  'firewall-bypass': code(
    'to the firewall machine only through the host',
    "vers la machine pare-feu, seulement par l'hôte",
    { bridge: 'forward' },
  ),
  'firewall-to-host': code(
    'to the host the firewall machine speaks for itself alone',
    "à l'hôte, la machine pare-feu ne parle que pour elle-même",
    { bridge: 'input' },
  ),
  'firewall-claim': code(
    'ARP or neighbour discovery of the firewall machine for another NIC',
    'ARP ou découverte de voisins de la machine pare-feu pour une autre carte',
    { bridge: 'leg leg6' },
  ),
  'firewall-carries': code(
    'the firewall machine hands on only packets of machines of other domains',
    "la machine pare-feu ne transmet que les paquets des machines d'autres domaines",
    { bridge: 'leg leg/* leg6 leg6/*' },
  ),
  loopback: code('the machine itself', 'la machine elle-même', {
    router: 'input output',
    boot: 'input',
  }),
  reply: code('a reply in an open connection', 'une réponse dans une connexion ouverte', {
    router: 'input output',
    boot: 'input',
  }),
  admin: code(
    'the domain of administration, and through it the internet',
    "le domaine d'administration et, par lui, internet",
    { router: 'input output' },
  ),
  'admin-closed': code(
    'no policy opens this to the domain of administration',
    "aucune politique n'ouvre ce passage au domaine d'administration",
    { router: 'admin_refused' },
  ),
  'link-multicast': code('to everybody on the link', 'à tous sur le lien', { router: 'input' }),

  'before-rules': code('before the rules are loaded', 'avant le chargement des règles', {
    boot: 'forward input',
  }),
} as const satisfies Readonly<Record<string, Entry>>;

/** The code of a rule. */
export type RuleCode = keyof typeof TABLE;

export const CODES: Readonly<Record<RuleCode, Entry>> = TABLE;
