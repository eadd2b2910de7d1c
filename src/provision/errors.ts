import { AnklumeError, ExitCode, type Text } from '../base/messages/index.ts';
import { printable } from '../base/system/index.ts';
import { earlierRole } from '../world/infra/index.ts';

export function ansibleMissing(): AnklumeError {
  return new AnklumeError({
    code: 'ansible-missing',
    exit: ExitCode.environment,
    message: {
      en: "Machines have roles, and Ansible, which applies them, is not installed: there is no program 'ansible-playbook'.",
      fr: "Des machines ont des rôles, et Ansible, qui les applique, n'est pas installé : le programme « ansible-playbook » est introuvable.",
    },
    remedy: {
      en: "Install it, on Debian: apt install ansible-core. Then run 'anklume apply provision'.",
      fr: 'Installez-le, sous Debian : apt install ansible-core. Puis lancez « anklume apply provision ».',
    },
  });
}

/** Ansible ended without saying how the machines are. */
export function ansibleFailed(untrustedWords: string, log: string): AnklumeError {
  const words = printable(untrustedWords.trim()).slice(-1000);
  return new AnklumeError({
    code: 'ansible-failed',
    message: {
      en: `Ansible could not run the playbook: ${words}`,
      fr: `Ansible n'a pas pu exécuter le playbook : ${words}`,
    },
    remedy: {
      en: `Everything it said is in ${log}.`,
      fr: `Tout ce qu'il a dit se trouve dans ${log}.`,
    },
  });
}

export function interrupted(): AnklumeError {
  return new AnklumeError({
    code: 'interrupted',
    exit: ExitCode.interrupted,
    message: {
      en: 'Interrupted while Ansible was at work in the machines.',
      fr: "Interrompu pendant le travail d'Ansible dans les machines.",
    },
    remedy: {
      en: "Run 'anklume apply provision' again: it goes on from there.",
      fr: 'Relancez « anklume apply provision » : le travail reprend à partir de là.',
    },
  });
}

/** Why a machine was left out, as its failure tells it. */
export function rolesNotFound(roles: readonly string[]): Text {
  const names = roles.map((role) => printable(role)).join(', ');
  const earlier = roles.flatMap((role) => earlierRole(role) ?? []);
  const more = (language: keyof Text) =>
    earlier.map(({ message, remedy }) => ` ${message[language]} ${remedy[language]}`).join('');
  return {
    en: `No role ${names} in roles_custom/, in those of anklume or in roles_vendor/.${more('en')}`,
    fr: `Pas de rôle ${names} dans roles_custom/, parmi ceux d'anklume ni dans roles_vendor/.${more('fr')}`,
  };
}
