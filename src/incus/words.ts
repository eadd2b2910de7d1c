import type { Text } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';

const verbs = {
  cancel: { en: 'cancel', fr: 'annuler' },
  change: { en: 'change', fr: 'modifier' },
  copy: { en: 'copy', fr: 'copier' },
  create: { en: 'create', fr: 'créer' },
  delete: { en: 'delete', fr: 'supprimer' },
  freeze: { en: 'freeze', fr: 'geler' },
  import: { en: 'import', fr: 'importer' },
  list: { en: 'list', fr: 'lister' },
  move: { en: 'move', fr: 'déplacer' },
  publish: { en: 'publish', fr: 'publier' },
  read: { en: 'read', fr: 'lire' },
  rebuild: { en: 'rebuild', fr: 'reconstruire' },
  rename: { en: 'rename', fr: 'renommer' },
  restore: { en: 'restore', fr: 'restaurer' },
  restart: { en: 'restart', fr: 'redémarrer' },
  'run a command in': { en: 'run a command in', fr: 'exécuter une commande dans' },
  start: { en: 'start', fr: 'démarrer' },
  stop: { en: 'stop', fr: 'arrêter' },
  unfreeze: { en: 'unfreeze', fr: 'dégeler' },
  'wait for': { en: 'wait for', fr: 'attendre' },
  write: { en: 'write', fr: 'écrire' },
} as const satisfies Record<string, Text>;

const nouns = {
  alias: { en: 'the image alias', fr: "l'alias d'image" },
  aliases: { en: 'the image aliases', fr: "les alias d'image" },
  backup: { en: 'the backup of', fr: 'la sauvegarde de' },
  backups: { en: 'the backups of', fr: 'les sauvegardes de' },
  console: { en: 'the console of the instance', fr: "la console de l'instance" },
  events: { en: 'the events', fr: 'les événements' },
  file: { en: 'the file', fr: 'le fichier' },
  folder: { en: 'the folder', fr: 'le dossier' },
  image: { en: 'the image', fr: "l'image" },
  images: { en: 'the images', fr: 'les images' },
  instance: { en: 'the instance', fr: "l'instance" },
  instances: { en: 'the instances', fr: 'les instances' },
  leases: { en: 'the leases of the network', fr: 'les baux du réseau' },
  log: { en: 'the log of the instance', fr: "le journal de l'instance" },
  network: { en: 'the network', fr: 'le réseau' },
  networks: { en: 'the networks', fr: 'les réseaux' },
  operation: { en: 'the operation', fr: "l'opération" },
  operations: { en: 'the operations', fr: 'les opérations' },
  pool: { en: 'the storage pool', fr: 'le pool de stockage' },
  pools: { en: 'the storage pools', fr: 'les pools de stockage' },
  profile: { en: 'the profile', fr: 'le profil' },
  profiles: { en: 'the profiles', fr: 'les profils' },
  project: { en: 'the project', fr: 'le projet' },
  projects: { en: 'the projects', fr: 'les projets' },
  resources: { en: "the host's resources", fr: "les ressources de l'hôte" },
  server: { en: "the daemon's description", fr: 'la description du démon' },
  snapshot: { en: 'the snapshot', fr: "l'instantané" },
  snapshots: { en: 'the snapshots of the instance', fr: "les instantanés de l'instance" },
  volume: { en: 'the volume', fr: 'le volume' },
  volumes: { en: 'the volumes of the pool', fr: 'les volumes du pool' },
  warnings: { en: 'the warnings', fr: 'les avertissements' },
} as const satisfies Record<string, Text>;

export type Verb = keyof typeof verbs;
export type Noun = keyof typeof nouns;

/** `create the network 'net-pro'`, for the errors of a call: 'Incus could not ...'. */
export function doing(verb: Verb, noun: Noun, untrustedName?: string): Text {
  const name = untrustedName === undefined ? undefined : printable(untrustedName).slice(0, 200);
  return {
    en: `${verbs[verb].en} ${nouns[noun].en}${name === undefined ? '' : ` '${name}'`}`,
    fr: `${verbs[verb].fr} ${nouns[noun].fr}${name === undefined ? '' : ` « ${name} »`}`,
  };
}

/** French `de` before an infinitive: « de lire », « d'ouvrir ». */
export function de(infinitive: string): string {
  return /^[aeiouéêh]/i.test(infinitive) ? `d'${infinitive}` : `de ${infinitive}`;
}

/** Words of the daemon, safe for a terminal and short enough to read. */
export function quoted(untrustedWords: string): string {
  const words = printable(untrustedWords.slice(0, 4000)).replace(/\s+/g, ' ').trim();
  return words.length > 1000 ? `${words.slice(0, 1000)}...` : words;
}
