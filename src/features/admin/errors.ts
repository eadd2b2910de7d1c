import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import type { Setting } from './devices.ts';

export function notRunning(instance: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-stopped',
    exit: ExitCode.environment,
    message: {
      en: `'${instance}' does not run.`,
      fr: `« ${instance} » n'est pas démarrée.`,
    },
    remedy: {
      en: `'anklume instance start ${instance}', then the same command again.`,
      fr: `« anklume instance start ${instance} », puis la même commande.`,
    },
  });
}

export function notMade(instance: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-not-made',
    exit: ExitCode.usage,
    message: {
      en: `There is no machine '${instance}' yet.`,
      fr: `Il n'y a pas encore de machine « ${instance} ».`,
    },
    remedy: {
      en: "'anklume apply' makes it, then the same command again.",
      fr: '« anklume apply » la crée, puis la même commande.',
    },
  });
}

export function noNode(instance: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-no-node',
    exit: ExitCode.environment,
    message: {
      en: `There is no Node.js in '${instance}' for anklume to run with.`,
      fr: `Il n'y a pas de Node.js dans « ${instance} » pour exécuter anklume.`,
    },
    remedy: {
      en: "Give it the role admin_bootstrap, then 'anklume sync' and 'anklume apply --here'.",
      fr: 'Donnez-lui le rôle admin_bootstrap, puis « anklume sync » et « anklume apply --here ».',
    },
  });
}

export function notShareable(folder: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-folder',
    exit: ExitCode.usage,
    message: {
      en: `${folder} cannot be mounted at the same path inside the admin container: a boot covers it there.`,
      fr: `${folder} ne peut pas être monté au même endroit dans le conteneur d'administration : un démarrage l'y recouvre.`,
    },
    remedy: {
      en: 'Move it below /home, /srv or /opt.',
      fr: 'Déplacez-le sous /home, /srv ou /opt.',
    },
  });
}

export function notShifted({ root, owner }: Setting, cause: unknown): AnklumeError {
  const ids = owner.uid === owner.gid ? `both ${owner.uid} ${owner.uid}` : idLines(owner);
  const allowed = [...new Set([owner.uid, owner.gid])].map((id) => `root:${id}:1`).join(', ');
  return new AnklumeError({
    code: 'admin-no-shift',
    exit: ExitCode.environment,
    cause,
    message: {
      en: `The file system of ${root}, or of this program, cannot show its files to a container with the owners that they have here.`,
      fr: `Le système de fichiers de ${root}, ou celui de ce programme, ne peut pas montrer ses fichiers à un conteneur avec les propriétaires qu'ils ont ici.`,
    },
    remedy: {
      en: `Give the machine the config 'raw.idmap: "${ids}"' and 'allow: [raw.idmap]' in infra.yml, allow it in /etc/subuid and /etc/subgid (${allowed}), then 'anklume sync', 'anklume apply --here' and a restart of the machine.`,
      fr: `Donnez à la machine la configuration « raw.idmap: "${ids}" » et « allow: [raw.idmap] » dans infra.yml, permettez-le dans /etc/subuid et /etc/subgid (${allowed}), puis « anklume sync », « anklume apply --here » et un redémarrage de la machine.`,
    },
  });
}

function idLines({ uid, gid }: Setting['owner']): string {
  return `uid ${uid} ${uid}\\ngid ${gid} ${gid}`;
}
