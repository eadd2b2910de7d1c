import type { Note } from '../../base/messages/index.ts';
import type { Firewall } from './facts.ts';

const NAMES: Readonly<Record<Firewall, string>> = {
  docker: 'Docker',
  firewalld: 'firewalld',
  ufw: 'ufw',
};

/** What another firewall on this host does to packets of machines. */
export function firewallNote(firewall: Firewall): Note {
  const name = NAMES[firewall];
  return {
    type: 'note',
    level: 'warning',
    code: `host-${firewall}`,
    text:
      firewall === 'docker'
        ? {
            en: 'Docker runs here: it drops forwarded packets of bridges that are not its own.',
            fr: 'Docker tourne ici : il jette les paquets transférés des ponts qui ne sont pas les siens.',
          }
        : {
            en: `${name} is active here: it may drop DHCP and DNS of machines, and their packets to the outside.`,
            fr: `${name} est actif ici : il peut jeter le DHCP et le DNS des machines, et leurs paquets vers l'extérieur.`,
          },
    remedy: {
      en: "Nothing of it is changed. 'anklume prove' names what it closes, with the line that opens it.",
      fr: "Rien n'y est modifié. « anklume prove » nomme ce qu'il ferme, avec la ligne qui l'ouvre.",
    },
  };
}
