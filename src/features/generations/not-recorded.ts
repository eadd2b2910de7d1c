import { AnklumeError } from '../../base/messages/index.ts';
import { homeFolder, printable } from '../../base/system/index.ts';

/** What the system says when a run is over and cannot be recorded, in words that say that it was carried out. */
export function notRecorded(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AnklumeError) return error;
  const { code, path = homeFolder() } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const [shown, reason] = [printable(path), printable(code)];
  return new AnklumeError({
    code: 'not-recorded',
    message: {
      en: `All that could be done was done, but it could not be recorded in ${shown} (${reason}): no rollback leads back to it.`,
      fr: `Tout ce qui pouvait l'être a été fait, mais n'a pas pu être noté dans ${shown} (${reason}) : aucun retour arrière n'y mènera.`,
    },
    remedy: {
      en: "Make room there; 'anklume apply' then finds nothing to do, or what is left of it.",
      fr: "Libérez de la place ; « anklume apply » n'y trouvera alors rien à faire, ou ce qui en reste.",
    },
    cause: error,
  });
}
