import { isOff, isOn } from '../units.ts';
import { error, type Found, warning } from './danger.ts';

interface KeyRule {
  /** A whole key, or the beginning of a family of keys: it then ends in a dot. */
  readonly key: string;
  /** `used`: any value that neither is empty nor switches it off. `set`: any at all, also a number like 0. */
  readonly when: 'used' | 'set' | 'on' | 'off' | 'never';
  readonly weight?: 'warning';
  /** No danger in a machine that hosts others and needs it for that. */
  readonly forNesting?: true;
  readonly gives?: readonly [en: string, fr: string];
}

const SYSCALLS_BY_DAEMON = [
  'the daemon, which is root of the host, carries out system calls for the machine',
  "le démon, root de l'hôte, exécute des appels système pour la machine",
] as const;
const FORBIDDEN_SYSCALLS = [
  'system calls that Incus always forbids reach the kernel of the host',
  "des appels système qu'Incus interdit toujours atteignent le noyau de l'hôte",
] as const;
const FOREIGN_FILE_SYSTEMS = [
  'the kernel of the host reads file systems that the machine made up',
  "le noyau de l'hôte lit des systèmes de fichiers fabriqués par la machine",
] as const;

/** Configuration keys that open the host, or other machines, to a machine. The first entry that fits a key decides. */
const KEYS: readonly KeyRule[] = [
  {
    key: 'raw.idmap',
    when: 'used',
    gives: [
      'users inside become users of the host and reach their files and keys',
      "des utilisateurs internes deviennent des utilisateurs de l'hôte et atteignent leurs fichiers et clés",
    ],
  },
  {
    key: 'raw.lxc',
    when: 'used',
    gives: [
      'LXC runs hooks as root of the host and drops any protection that it is told to',
      "LXC exécute des crochets en root de l'hôte et lève toute protection qu'on lui nomme",
    ],
  },
  {
    key: 'raw.apparmor',
    when: 'used',
    gives: [
      'it can lift what AppArmor forbids the machine',
      "elle peut lever ce qu'AppArmor interdit à la machine",
    ],
  },
  {
    key: 'raw.seccomp',
    when: 'used',
    gives: FORBIDDEN_SYSCALLS,
  },
  {
    key: 'raw.qemu',
    when: 'used',
    gives: [
      'QEMU opens any file and device of the host that it is told to',
      "QEMU ouvre tout fichier et périphérique de l'hôte qu'on lui nomme",
    ],
  },
  {
    key: 'raw.',
    when: 'used',
    gives: ['it reaches past what Incus checks', "elle contourne ce qu'Incus vérifie"],
  },
  {
    key: 'security.idmap.isolated',
    when: 'off',
    gives: [
      "the machine's users are also those of other machines: root inside reaches their kernel keys, and after an escape their files",
      "les utilisateurs de la machine sont aussi ceux d'autres machines : le root interne atteint leurs clés noyau et, après une évasion, leurs fichiers",
    ],
  },
  {
    key: 'security.idmap.base',
    when: 'set',
    gives: [
      'Incus takes these ids without asking whether another machine has them',
      "Incus prend ces identifiants sans vérifier qu'aucune autre machine ne les a",
    ],
  },
  {
    key: 'security.syscalls.intercept.mknod',
    when: 'used',
    forNesting: true,
    gives: SYSCALLS_BY_DAEMON,
  },
  {
    key: 'security.syscalls.intercept.setxattr',
    when: 'used',
    forNesting: true,
    gives: SYSCALLS_BY_DAEMON,
  },
  { key: 'security.syscalls.intercept.sysinfo', when: 'never' },
  { key: 'security.syscalls.intercept.mount', when: 'used', gives: FOREIGN_FILE_SYSTEMS },
  { key: 'security.syscalls.intercept.mount.', when: 'used', gives: FOREIGN_FILE_SYSTEMS },
  { key: 'security.syscalls.deny_default', when: 'off', gives: FORBIDDEN_SYSCALLS },
  { key: 'security.syscalls.blacklist_default', when: 'off', gives: FORBIDDEN_SYSCALLS },
  // These forbid more.
  { key: 'security.syscalls.deny', when: 'never' },
  { key: 'security.syscalls.deny_compat', when: 'never' },
  { key: 'security.syscalls.blacklist', when: 'never' },
  { key: 'security.syscalls.blacklist_compat', when: 'never' },
  { key: 'security.syscalls.allow', when: 'used', gives: FORBIDDEN_SYSCALLS },
  { key: 'security.syscalls.whitelist', when: 'used', gives: FORBIDDEN_SYSCALLS },
  { key: 'security.syscalls.', when: 'used', gives: SYSCALLS_BY_DAEMON },
  {
    key: 'security.bpffs.',
    when: 'used',
    gives: [
      'the machine loads programs into the kernel of the host',
      "la machine charge des programmes dans le noyau de l'hôte",
    ],
  },
  {
    key: 'security.guestapi.images',
    when: 'on',
    gives: [
      'the machine reads every image of the daemon, those made from other machines included',
      "la machine lit toutes les images du démon, y compris celles tirées d'autres machines",
    ],
  },
  {
    key: 'linux.kernel_modules',
    when: 'used',
    gives: [
      'the host loads these modules into its kernel, for every machine',
      "l'hôte charge ces modules dans son noyau, pour toutes les machines",
    ],
  },
  {
    key: 'volatile.idmap.',
    when: 'used',
    gives: [
      'it belongs to the daemon, and says which users of the host the machine has',
      "elle appartient au démon et dit quels utilisateurs de l'hôte la machine possède",
    ],
  },
  {
    key: 'volatile.',
    when: 'used',
    weight: 'warning',
    gives: [
      'it belongs to the daemon, which may change it at any time',
      'elle appartient au démon, qui peut la changer à tout moment',
    ],
  },
  {
    key: 'limits.kernel.',
    when: 'used',
    weight: 'warning',
    gives: [
      'it changes a limit that keeps one machine from using up the host',
      "elle change une limite qui empêche une machine d'épuiser l'hôte",
    ],
  },
];

/** Judges one configuration key of a machine, `security.privileged` aside: that has a rule of its own. */
export function judgeKey(key: string, value: string, nesting: boolean): Found | undefined {
  const rule = KEYS.find((one) =>
    one.key.endsWith('.') ? key.startsWith(one.key) : key === one.key,
  );
  if (!rule?.gives || !applies(rule.when, value) || (rule.forNesting && nesting)) return undefined;
  const [en, fr] = rule.gives;
  return rule.weight === 'warning' ? warning(key, en, fr) : error(key, en, fr);
}

function applies(when: KeyRule['when'], value: string): boolean {
  switch (when) {
    case 'used':
      return value !== '' && !isOff(value);
    case 'set':
      return value !== '';
    case 'on':
      return isOn(value);
    case 'off':
      return isOff(value);
    case 'never':
      return false;
  }
}
