import { AnklumeError, type Text } from '../base/messages/index.ts';
import type { Reference } from './reference.ts';

/** One way that was tried to get an image, and what came of it. */
export interface Reason {
  readonly way: Text;
  readonly why: Text;
}

/** Nobody has the image: names it, its remote and everything that was tried. */
export function imageMissing(
  reference: string,
  { remote, alias }: Reference,
  reasons: readonly Reason[],
): AnklumeError {
  const isLocal = remote === 'local';
  return new AnklumeError({
    code: 'image-unavailable',
    message: {
      en: isLocal
        ? `The daemon has no image '${alias}', and '${reference}' asks for a local one.`
        : `The image '${alias}' of the remote '${remote}' could not be had. ${list(reasons, 'en', ': ')}`,
      fr: isLocal
        ? `Le démon n'a pas d'image « ${alias} », et « ${reference} » en demande une locale.`
        : `L'image « ${alias} » du dépôt « ${remote} » n'a pas pu être obtenue. ${list(reasons, 'fr', ' : ')}`,
    },
    remedy: {
      en: `Import one under that name, for instance: anklume incus -- image import FILE --alias ${alias}`,
      fr: `Importez-en une sous ce nom, par exemple : anklume incus -- image import FICHIER --alias ${alias}`,
    },
  });
}

function list(reasons: readonly Reason[], language: keyof Text, colon: string): string {
  return reasons
    .map(({ way, why }) => `${way[language]}${colon}${why[language].replace(/\.$/, '')}.`)
    .join(' ');
}
