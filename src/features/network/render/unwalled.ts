import type { Text } from '../../../base/messages/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import type { WalledBy } from '../unwalled.ts';

/** The last word of a command that could not wall in what it made; nothing where it could. */
export function unwalledLines(by: WalledBy, { t, paint }: Pick<Voice, 't' | 'paint'>): string[] {
  if (by === 'here') return [];
  return [`${by === 'host' ? paint.warn('!') : paint.bad('✗')} ${t(WORDS[by])}`];
}

const WORDS: Readonly<Record<Exclude<WalledBy, 'here'>, Text>> = {
  host: {
    en: "The host loads the isolation rules, not this container: run 'anklume network deploy' on the host after every addition.",
    fr: "C'est l'hôte qui charge les règles d'isolation, pas ce conteneur : lancez-y « anklume network deploy » après chaque ajout.",
  },
  nobody: {
    en: "No isolation rules were loaded: the daemon runs on another machine. Run 'anklume network deploy' there.",
    fr: "Aucune règle d'isolation n'a été chargée : le démon tourne sur une autre machine. Lancez-y « anklume network deploy ».",
  },
};
