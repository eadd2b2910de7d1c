import type { Text } from '../../base/messages/index.ts';
import { isPolicyTable, OWNER } from '../load/tables.ts';
import type { ForeignChain } from './chains.ts';

/** A program that is known to load chains, and how it is told to let bridges through. */
interface Owner {
  readonly name: string;
  /** Commands that let these bridges through, each as it is typed. */
  readonly lines: (bridges: readonly string[]) => readonly string[];
  /** How these last. */
  readonly lasting: Text;
}

const each = (bridges: readonly string[], ...lines: readonly ((name: string) => string)[]) =>
  bridges.flatMap((bridge) => lines.map((line) => line(bridge)));

const docker = (program: string): Owner => ({
  name: 'Docker',
  lines: (bridges) =>
    each(
      bridges,
      (name) => `${program} -I DOCKER-USER -i ${name} -j ACCEPT`,
      (name) => `${program} -I DOCKER-USER -o ${name} -j ACCEPT`,
    ),
  lasting: {
    en: 'Docker does not touch them, but they are lost at a reboot: put them where your host loads its rules.',
    fr: "Docker n'y touche pas, mais elles sont perdues au redémarrage : placez-les là où votre hôte charge ses règles.",
  },
});
const UFW: Owner = {
  name: 'ufw',
  lines: (bridges) =>
    each(
      bridges,
      (name) => `ufw allow in on ${name}`,
      (name) => `ufw route allow in on ${name}`,
      (name) => `ufw route allow out on ${name}`,
    ),
  lasting: { en: 'ufw keeps them.', fr: 'ufw les conserve.' },
};
const FIREWALLD: Owner = {
  name: 'firewalld',
  lines: (bridges) => [
    ...each(bridges, (name) => `firewall-cmd --permanent --zone=trusted --add-interface=${name}`),
    'firewall-cmd --reload',
  ],
  lasting: { en: 'firewalld keeps them.', fr: 'firewalld les conserve.' },
};

const ANOTHER: Owner = {
  name: 'anklume',
  lines: () => ['anklume network deploy'],
  lasting: {
    en: 'These are the rules of another infrastructure: deploy them again in its folder.',
    fr: "Ce sont les règles d'une autre infrastructure : déployez-les à nouveau depuis son dossier.",
  },
};

/** Whether these are the rules of another infrastructure on this host, by the chain that says whose they are. */
export function isOfAnother(table: string, names: readonly string[]): boolean {
  return isPolicyTable(table) && names.some((name) => name.startsWith(OWNER));
}

/** Who made a chain with a hook, by the names in its table. */
export function ownerOf(
  { family, table, name, older }: Pick<ForeignChain, 'family' | 'table' | 'name' | 'older'>,
  names: readonly string[],
): Owner {
  const program = `${programOf(family)}${older ? '-legacy' : ''}`;
  const has = (pattern: RegExp) => names.some((one) => pattern.test(one));
  if (isOfAnother(table, names)) return ANOTHER;
  if (table === 'firewalld') return FIREWALLD;
  if (has(/^ufw6?-/)) return UFW;
  if (has(/^DOCKER(-USER|-FORWARD|$)/)) return docker(program);
  const known = KNOWN.find(([pattern]) => pattern.test(table) || has(pattern))?.[1];
  // Chains of iptables are called like its hooks; nftables leaves the name to whoever makes one.
  const isIptables = older || (family.startsWith('ip') && /^[A-Z]+$/.test(name));
  return plain(`${family} ${table} ${name}`, isIptables ? program : undefined, known ?? '');
}

/** Programs that have no words of their own for it. */
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^LIBVIRT_|^libvirt_/, 'libvirt'],
  [/^(netavark|NETAVARK)/, 'Podman'],
  [/^(KUBE-|kube-)/, 'Kubernetes'],
  [/^(f2b-|fail2ban)/, 'fail2ban'],
  [/^(crowdsec|CROWDSEC)/, 'CrowdSec'],
  [/^(incus|lxd)$/, 'Incus'],
];

/** What its chains are changed with, where it is iptables that made them. */
export function programOf(family: string): 'iptables' | 'ip6tables' {
  return family === 'ip6' ? 'ip6tables' : 'iptables';
}

function plain(chain: string, program: string | undefined, name: string): Owner {
  const [, table = '', last = ''] = chain.split(' ');
  const line = (match: 'i' | 'o') => (bridge: string) =>
    program === undefined
      ? `nft insert rule ${chain} ${match}ifname ${bridge} accept`
      : `${program} -t ${table} -I ${last} -${match} ${bridge} -j ACCEPT`;
  const isInput = last.toLowerCase() === 'input';
  return {
    name,
    lines: (bridges) => each(bridges, line('i'), ...(isInput ? [] : [line('o')])),
    lasting: {
      en: 'To survive a reload, they must be in the file that creates that table.',
      fr: 'Pour survivre à un rechargement, elles doivent figurer dans le fichier qui crée cette table.',
    },
  };
}
