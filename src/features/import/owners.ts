import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { MARK, type Observed } from '../../engine/index.ts';

/** The infrastructures that anklume has on this daemon, sorted. */
function ownersOf({ projects, instances, networks }: Observed): string[] {
  const names = [...projects, ...instances, ...networks].flatMap(
    ({ config }) => config[MARK.project] || [],
  );
  return [...new Set(names)].sort();
}

/**
 * The infrastructure to write down: the one that was asked for, else the only one there is, else a new one.
 * Throws `several-infrastructures` (exit 2).
 */
export function chooseOwner(observed: Observed, asked: string | undefined): string {
  if (asked !== undefined) return asked;
  const [only, ...others] = ownersOf(observed);
  if (only === undefined) return 'imported';
  if (others.length === 0) return only;
  const list = [only, ...others].join(', ');
  throw new AnklumeError({
    code: 'several-infrastructures',
    exit: ExitCode.usage,
    message: {
      en: `This daemon holds several infrastructures of anklume: ${list}.`,
      fr: `Ce démon contient plusieurs infrastructures d'anklume : ${list}.`,
    },
    remedy: {
      en: 'Say which one with --project-name NAME.',
      fr: 'Dites laquelle avec --project-name NOM.',
    },
  });
}
