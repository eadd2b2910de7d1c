import { readFile } from 'node:fs/promises';
import type { Text } from '../base/messages/index.ts';
import { findProgram } from '../base/system/index.ts';
import { DAEMON_FOLDERS } from './daemon.ts';

/** Something that the sandbox needs and this machine lacks. */
export type Missing =
  | { readonly kind: 'package'; readonly name: string; readonly why: Text }
  | { readonly kind: 'sub-ids'; readonly name: string; readonly why: Text };

/** A program, Debian's package that has it, and what it is for. */
interface Need {
  readonly program: string;
  readonly name: string;
  readonly why: Text;
}

const NEEDS: readonly Need[] = [
  need('incusd', 'incus-base', 'the Incus daemon', 'le démon Incus'),
  need('incus', 'incus-client', 'the incus command', 'la commande incus'),
  need('nft', 'nftables', 'firewall rules', 'les règles de pare-feu'),
  need('dnsmasq', 'dnsmasq-base', 'addresses and names', 'les adresses et les noms'),
  need('setfattr', 'attr', 'file attributes of images', 'les attributs des fichiers des images'),
  need('unsquashfs', 'squashfs-tools', 'unpacking images', 'le dépaquetage des images'),
  need(
    'mkfs.btrfs',
    'btrfs-progs',
    'storage that clones at once',
    'un stockage au clonage immédiat',
  ),
  need('busybox', 'busybox-static', "the image 'probe'", "l'image « probe »"),
  need('ip', 'iproute2', 'network links', 'les liens réseau'),
  need(
    'ping',
    'iputils-ping',
    'seeing that the host is still connected',
    "la vérification de la connexion de l'hôte",
  ),
  need('tini', 'tini', 'the first process of the sandbox', 'le premier processus du bac à sable'),
  need('newuidmap', 'uidmap', 'unprivileged containers', 'les conteneurs non privilégiés'),
  need('python3', 'python3', 'probes and Ansible', 'les sondes et Ansible'),
  need('mmdebstrap', 'mmdebstrap', 'building images', 'la construction des images'),
];

function need(program: string, name: string, en: string, fr: string): Need {
  return { program, name, why: { en, fr } };
}

/** Files that give root its range of numbers for the users inside containers. */
const SUB_ID_FILES = ['/etc/subuid', '/etc/subgid'];

/** What this machine lacks for the sandbox, in a fixed order; empty when it can start at once. */
export async function missingRequirements(): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const { program, name, why } of NEEDS)
    if (!(await findProgram(program, DAEMON_FOLDERS))) missing.push({ kind: 'package', name, why });
  for (const file of SUB_ID_FILES)
    if (!(await hasRootRange(file))) missing.push({ kind: 'sub-ids', name: file, why: RANGE });
  return missing;
}

const RANGE: Text = {
  en: 'numbers for the users inside containers',
  fr: 'des numéros pour les utilisateurs des conteneurs',
};

async function hasRootRange(file: string): Promise<boolean> {
  return /^(root|0):\d+:\d+$/m.test(await readFile(file, 'utf8').catch(() => ''));
}
