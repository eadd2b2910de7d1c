import type { Text } from '../../base/messages/index.ts';

/** What a value should have been: the code of the problem, and the words after "must be". */
interface Expected {
  readonly code: string;
  readonly text: Text;
}

const expected = (code: string, en: string, fr: string): Expected => ({ code, text: { en, fr } });

/** One entry for each check of the schema. */
export const EXPECTED = {
  document: expected('wrong-type', 'a mapping of keys', 'un ensemble de clés'),
  mapping: expected('wrong-type', 'a mapping of keys', 'un ensemble de clés'),
  flag: expected('wrong-type', 'true or false', '« true » ou « false »'),
  text: expected('wrong-type', 'a text', 'un texte'),
  word: expected('wrong-type', 'a text that is not empty', 'un texte non vide'),
  words: expected('wrong-type', 'a list of names', 'une liste de noms'),
  plain: expected(
    'wrong-type',
    'a text, a number, or true or false',
    'un texte, un nombre, ou « true » ou « false »',
  ),
  settings: expected('wrong-type', 'a mapping of keys', 'un ensemble de clés'),
  device: expected(
    'wrong-type',
    'a mapping of the keys of a device',
    "l'ensemble des clés d'un périphérique",
  ),
  devices: expected(
    'wrong-type',
    'a mapping of device names to devices',
    'un ensemble de périphériques nommés',
  ),
  domains: expected(
    'wrong-type',
    'a mapping of domain names to domains',
    'un ensemble de domaines nommés',
  ),
  machines: expected(
    'wrong-type',
    'a mapping of machine names to machines',
    'un ensemble de machines nommées',
  ),
  profiles: expected(
    'wrong-type',
    'a mapping of profile names to profiles',
    'un ensemble de profils nommés',
  ),
  policies: expected(
    'wrong-type',
    'a list of policies, each beginning with a dash',
    "une liste de politiques, chacune précédée d'un tiret",
  ),
  policy: expected(
    'wrong-type',
    'a policy with from, to and ports',
    'une politique avec from, to et ports',
  ),
  'storage-volumes': expected(
    'wrong-type',
    'a mapping of volume names to volumes',
    'un ensemble de volumes nommés',
  ),
  'base-subnet': expected(
    'invalid-base-subnet',
    'the first two octets in quotes, such as "10.100"',
    'les deux premiers octets entre guillemets droits, comme "10.100"',
  ),
  'base-subnet6': expected(
    'invalid-base-subnet6',
    'three groups of a private IPv6 network in quotes, such as "fd12:3456:789a"',
    'trois groupes d\'un réseau IPv6 privé entre guillemets droits, comme "fd12:3456:789a"',
  ),
  'gpu-policy': expected('invalid-gpu-policy', 'exclusive or shared', 'exclusive ou shared'),
  'firewall-mode': expected('invalid-firewall-mode', 'host or vm', 'host ou vm'),
  'ai-access-policy': expected(
    'invalid-ai-access-policy',
    'open or exclusive',
    'open ou exclusive',
  ),
  'machine-type': expected(
    'invalid-machine-type',
    'lxc or vm (container is read as lxc)',
    'lxc ou vm (container est lu comme lxc)',
  ),
  'trust-level': expected(
    'invalid-trust-level',
    'admin, trusted, semi-trusted, untrusted or disposable',
    'admin, trusted, semi-trusted, untrusted ou disposable',
  ),
  'subnet-id': expected(
    'invalid-subnet-id',
    'a whole number from 0 to 254',
    'un nombre entier de 0 à 254',
  ),
  weight: expected(
    'invalid-weight',
    'a whole number from 1 to 1000000',
    'un nombre entier de 1 à 1000000',
  ),
  'absolute-path': expected('invalid-path', 'an absolute path', 'un chemin absolu'),
  access: expected('invalid-access', 'ro or rw', 'ro ou rw'),
  'folder-name': expected(
    'invalid-name',
    'a name of letters, digits, hyphens, dots and underscores',
    'un nom fait de lettres, chiffres, tirets, points et soulignés',
  ),
  'persistent-data': expected(
    'wrong-type',
    'a path, or a mapping with a path',
    'un chemin, ou un ensemble de clés avec un chemin',
  ),
  count: expected('invalid-count', 'a number from 1 to 1000', 'un nombre de 1 à 1000'),
  octet: expected(
    'invalid-octet',
    'one number of an address: a whole number that leaves room for every zone',
    "un nombre d'une adresse : un entier qui laisse de la place à chaque zone",
  ),
  seconds: expected(
    'invalid-seconds',
    'a whole number of seconds from 1 to 86400',
    'un nombre entier de secondes de 1 à 86400',
  ),
  'boot-priority': expected(
    'invalid-boot-priority',
    'a whole number from 0 to 100',
    'un nombre entier de 0 à 100',
  ),
  cron: expected(
    'invalid-schedule',
    'a schedule that Incus knows: five fields of cron ("0 2 * * *"), a name ("@daily"), or several ("@daily, 0 14 * * *")',
    'un horaire que connaît Incus : cinq champs de cron ("0 2 * * *"), un nom ("@daily"), ou plusieurs ("@daily, 0 14 * * *")',
  ),
  expiry: expected(
    'invalid-expiry',
    'a number of days, hours or minutes: 30d, 24h or 60m',
    "un nombre de jours, d'heures ou de minutes : 30d, 24h ou 60m",
  ),
  port: expected(
    'invalid-port',
    'a whole number from 1 to 65535, without quotes',
    'un nombre entier de 1 à 65535, sans guillemets',
  ),
  ports: expected(
    'invalid-port',
    'a list of port numbers, such as [80, 443], or all',
    'une liste de ports, comme [80, 443], ou all',
  ),
  protocol: expected('invalid-protocol', 'tcp or udp', 'tcp ou udp'),
  'portal-paths': expected(
    'invalid-portal-path',
    'a list of absolute paths',
    'une liste de chemins absolus',
  ),
  'resource-policy': expected(
    'invalid-resource-policy',
    'true, or a mapping of its settings',
    "« true », ou l'ensemble de ses réglages",
  ),
  ceilings: expected(
    'invalid-ceiling',
    'false, or a mapping of ceilings',
    '« false », ou un ensemble de plafonds',
  ),
  'ceiling-count': expected(
    'invalid-ceiling',
    'a whole number from 16 upwards, or false for no ceiling',
    'un nombre entier à partir de 16, ou « false » pour ne pas avoir de plafond',
  ),
  'ceiling-amount': expected(
    'invalid-ceiling',
    'a size such as 20GiB, a part such as "50%", or false for no ceiling',
    'une taille comme 20GiB, une part comme "50%", ou « false » pour ne pas avoir de plafond',
  ),
  'resource-mode': expected(
    'invalid-resource-policy',
    'proportional or equal',
    'proportional ou equal',
  ),
  'cpu-mode': expected('invalid-resource-policy', 'allowance or count', 'allowance ou count'),
  'memory-enforce': expected('invalid-resource-policy', 'soft or hard', 'soft ou hard'),
  reserve: expected(
    'invalid-resource-policy',
    'a percentage such as "20%", or a positive number',
    'un pourcentage comme "20%", ou un nombre positif',
  ),
} as const satisfies Readonly<Record<string, Expected>>;

export type Expectation = keyof typeof EXPECTED;
