import { AnklumeError, ExitCode } from '../../base/messages/index.ts';

export function notThere(instance: string) {
  return {
    code: 'admin-not-there',
    text: {
      en: `The admin container '${instance}' does not run, or is none any more: the command runs here.`,
      fr: `Le conteneur d'administration « ${instance} » n'est pas démarré, ou n'en est plus un : la commande s'exécute ici.`,
    },
    remedy: {
      en: "Start it, or 'anklume host admin off' to do without.",
      fr: 'Démarrez-le, ou « anklume host admin off » pour vous en passer.',
    },
  };
}

export function noMachine(name: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-missing',
    exit: ExitCode.usage,
    message: {
      en: `The project has no container '${name}'.`,
      fr: `Le projet n'a pas de conteneur « ${name} ».`,
    },
    remedy: {
      en: "Declare it in a domain of its own with the role admin_bootstrap, then 'anklume sync' and 'anklume apply'.",
      fr: 'Déclarez-le dans un domaine à lui, avec le rôle admin_bootstrap, puis « anklume sync » et « anklume apply ».',
    },
  });
}

export function notOwner(root: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-owner',
    exit: ExitCode.usage,
    message: {
      en: `${root} belongs to somebody else, as whom commands would run in the admin container.`,
      fr: `${root} appartient à quelqu'un d'autre, sous le nom de qui s'exécuteraient les commandes dans le conteneur d'administration.`,
    },
    remedy: {
      en: 'Run the command as the owner of that folder.',
      fr: 'Lancez la commande en tant que propriétaire de ce dossier.',
    },
  });
}

export function notAnswering(instance: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-no-answer',
    message: {
      en: `Inside '${instance}' no daemon answers on the socket that it was given.`,
      fr: `Dans « ${instance} », aucun démon ne répond sur le socket qui lui a été donné.`,
    },
    remedy: {
      en: "Look at 'anklume incus -- info --show-log' of the machine, then run the same command again.",
      fr: 'Regardez « anklume incus -- info --show-log » de la machine, puis relancez la même commande.',
    },
  });
}

export function notChosen(): AnklumeError {
  return new AnklumeError({
    code: 'admin-off',
    exit: ExitCode.usage,
    message: {
      en: 'The project has no admin container.',
      fr: "Le projet n'a pas de conteneur d'administration.",
    },
    remedy: {
      en: "'anklume host admin on' makes 'anklume-instance' one.",
      fr: '« anklume host admin on » fait de « anklume-instance » ce conteneur.',
    },
  });
}

export function elsewhere(where: string): AnklumeError {
  return new AnklumeError({
    code: 'admin-elsewhere',
    exit: ExitCode.environment,
    message: {
      en: `The admin container needs the socket and the folders of the daemon's own host; ${where} is another machine.`,
      fr: `Le conteneur d'administration a besoin du socket et des dossiers de l'hôte même du démon ; ${where} est une autre machine.`,
    },
    remedy: {
      en: 'Run the same command on that machine.',
      fr: 'Lancez la même commande sur cette machine.',
    },
  });
}
