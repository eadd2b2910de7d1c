import { AnklumeError, ExitCode, type Problem } from '../base/messages/index.ts';
import { type NestingReading, parentReading, readNesting } from '../nesting/index.ts';
import type { NestingContext } from '../world/infra/index.ts';

/** Where this host stands. Throws `nesting-context` (exit 2), at its place, when a file of it is wrong. */
export async function ownNesting(): Promise<NestingContext> {
  return sound(await readNesting()).context;
}

/** The same for the host of an admin container; undefined where its host left no word. */
export async function parentNesting(): Promise<NestingContext | undefined> {
  const reading = await parentReading();
  return reading && sound(reading).context;
}

function sound(reading: NestingReading): NestingReading {
  if (reading.problems.length > 0) throw wrongContext(reading.problems);
  return reading;
}

function wrongContext(problems: readonly Problem[]): AnklumeError {
  return new AnklumeError({
    code: 'nesting-context',
    exit: ExitCode.usage,
    problems,
    message: {
      en: 'It is not clear where this host stands among hosts inside hosts. Nothing was changed.',
      fr: "La place de cet hôte parmi les hôtes imbriqués n'est pas claire. Rien n'a été modifié.",
    },
  });
}
