import { resolve } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { printable, readIfExists } from '../../base/system/index.ts';
import { asker, lineAsker } from '../../kit/ask.ts';
import type { Session } from '../../kit/session.ts';
import { type Answers, readAnswers } from './answers.ts';
import { type Bootstrap, planHost } from './bootstrap.ts';
import { readFacts } from './facts.ts';
import { askOpen, usualAnswers } from './questions.ts';

/** What the command line says of it. */
export interface Asked {
  readonly answers: string | undefined;
  readonly prod: boolean;
  readonly dev: boolean;
  readonly adopt: boolean;
  readonly yolo: boolean;
  readonly noUp: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** Looks at the host, reads the answers, asks what is open where somebody can answer, and plans. */
export async function planFor(session: Session, asked: Asked): Promise<Bootstrap> {
  if (asked.prod && asked.dev) throw twoModes();
  const file = asked.answers === undefined ? {} : await answersOf(session.cwd, asked.answers);
  const answers: Answers = {
    ...file,
    ...(asked.prod && { mode: 'prod' as const }),
    ...(asked.dev && { mode: 'dev' as const }),
    ...(asked.adopt && { adopt: true }),
    ...(asked.yolo && { yolo: true }),
    ...(asked.noUp && { up: false }),
  };
  const facts = await readFacts(session.env);
  const yes = asker(session);
  const line = lineAsker(session);
  const asks = yes && line && !asked.yes && !asked.dryRun && asked.answers === undefined;
  const whole = asks ? await askOpen(answers, facts, { yes, line }) : usualAnswers(answers, facts);
  // Who only wants to see it needs no rights.
  const seen = { ...facts, isRoot: facts.isRoot || asked.dryRun };
  return planHost(seen, whole, session.cwd);
}

async function answersOf(cwd: string, untrustedPath: string): Promise<Answers> {
  const path = resolve(cwd, untrustedPath);
  const bytes = await readIfExists(path, 1024 * 1024).catch(() => undefined);
  const shown = printable(path);
  if (!bytes)
    throw new AnklumeError({
      code: 'answers-absent',
      exit: ExitCode.usage,
      message: {
        en: `There is no file of answers ${shown}.`,
        fr: `Il n'y a pas de fichier de réponses ${shown}.`,
      },
    });
  const { answers, problems } = readAnswers(path, bytes.toString('utf8'));
  if (problems.length === 0) return answers;
  throw new AnklumeError({
    code: 'answers-invalid',
    exit: ExitCode.usage,
    problems,
    message: {
      en: `The answers in ${shown} cannot be followed. Nothing was changed.`,
      fr: `Les réponses de ${shown} ne peuvent être suivies. Rien n'a été modifié.`,
    },
  });
}

function twoModes(): AnklumeError {
  return new AnklumeError({
    code: 'two-modes',
    exit: ExitCode.usage,
    message: {
      en: '--prod and --dev contradict each other. Nothing was changed.',
      fr: "--prod et --dev se contredisent. Rien n'a été modifié.",
    },
  });
}
