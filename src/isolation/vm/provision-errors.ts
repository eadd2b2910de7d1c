import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';

export function noNft(machine: string): AnklumeError {
  return new AnklumeError({
    code: 'router-without-nft',
    exit: ExitCode.environment,
    message: {
      en: `The firewall machine '${machine}' does not have the program 'nft', so it forwards nothing.`,
      fr: `La machine pare-feu « ${machine} » n'a pas le programme « nft » ; elle ne transmet donc rien.`,
    },
    remedy: {
      en: `Install it inside (apt install nftables), or give the machine an image that has it, such as images:debian/13; then run the same command again.`,
      fr: `Installez-le à l'intérieur (apt install nftables), ou donnez à la machine une image qui l'a, comme images:debian/13 ; puis relancez la même commande.`,
    },
  });
}

export function rulesRefused(machine: string, untrustedWords: string): AnklumeError {
  const words = firstLine(untrustedWords);
  return new AnklumeError({
    code: 'router-rules-refused',
    message: {
      en: `The firewall machine '${machine}' refuses its rules; the previous ones are still in force. ${words}`,
      fr: `La machine pare-feu « ${machine} » refuse ses règles ; les précédentes restent en vigueur. ${words}`,
    },
    remedy: {
      en: `Its kernel needs nftables with logging to groups (nf_tables, nfnetlink_log); a container uses the host's.`,
      fr: `Son noyau doit offrir nftables et la journalisation par groupes (nf_tables, nfnetlink_log) ; un conteneur utilise celui de l'hôte.`,
    },
  });
}

export function commandFailed(
  machine: string,
  command: readonly string[],
  untrustedWords: string,
): AnklumeError {
  const line = command.join(' ');
  const words = firstLine(untrustedWords);
  return new AnklumeError({
    code: 'router-command-failed',
    message: {
      en: `In the firewall machine '${machine}', '${line}' failed: ${words}`,
      fr: `Dans la machine pare-feu « ${machine} », « ${line} » a échoué : ${words}`,
    },
    remedy: {
      en: `The machine needs systemd with systemd-networkd; images:debian/13 has both. 'journalctl -u anklume-router' inside tells more.`,
      fr: `La machine a besoin de systemd et de systemd-networkd ; images:debian/13 a les deux. « journalctl -u anklume-router » à l'intérieur en dit plus.`,
    },
  });
}

export function cardsMissing(machine: string, cards: readonly string[]): AnklumeError {
  const names = cards.join(', ');
  return new AnklumeError({
    code: 'router-cards-missing',
    message: {
      en: `The firewall machine '${machine}' does not have its address on ${names}.`,
      fr: `La machine pare-feu « ${machine} » n'a pas son adresse sur ${names}.`,
    },
    remedy: {
      en: `Restart it (anklume instance restart ${machine}), then run the same command again. 'networkctl status' inside tells more.`,
      fr: `Redémarrez-la (anklume instance restart ${machine}), puis relancez la même commande. « networkctl status » à l'intérieur en dit plus.`,
    },
  });
}

function firstLine(untrustedWords: string): string {
  return printable(untrustedWords.trim().split('\n')[0] ?? '').slice(0, 200);
}
