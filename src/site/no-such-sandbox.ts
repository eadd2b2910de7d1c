import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { nearest } from '../world/infra/index.ts';

/** Names told: more are looked up with `sandbox status`. */
const MOST_NAMES = 12;

/** A sandbox that was named and does not exist, where nothing is made that it would be needed for. */
export function noSuchSandbox(name: string, known: readonly string[]): AnklumeError {
  const meant = nearest(name, known);
  const names = known.slice(0, MOST_NAMES).join(', ') + (known.length > MOST_NAMES ? ', ...' : '');
  const there =
    known.length > 0
      ? { en: `There are: ${names}.`, fr: `Il y a : ${names}.` }
      : { en: 'There is none yet.', fr: "Il n'y en a pas encore." };
  const guess =
    meant === undefined
      ? { en: '', fr: '' }
      : { en: `Did you mean '${meant}'? `, fr: `Vouliez-vous dire « ${meant} » ? ` };
  return new AnklumeError({
    code: 'no-such-sandbox',
    exit: ExitCode.usage,
    message: {
      en: `There is no sandbox '${name}'.`,
      fr: `Il n'y a pas de bac à sable « ${name} ».`,
    },
    remedy: {
      en: `${guess.en}${there.en} 'anklume up --sandbox=${name}' makes it, with the machines of a project; 'anklume sandbox start ${name}' makes an empty one.`,
      fr: `${guess.fr}${there.fr} « anklume up --sandbox=${name} » le crée, avec les machines d'un projet ; « anklume sandbox start ${name} » en crée un vide.`,
    },
  });
}
