import { AnklumeError, ExitCode, type Text } from '../../messages/index.ts';
import { printable } from '../../system/index.ts';
import { renderProblems, type Voice } from './problems.ts';

/** A failure as data: `--json` prints it as it is, people get the sentences of `renderFailure`. */
export interface Failure {
  readonly type: 'error';
  readonly code: string;
  readonly exit: ExitCode;
  readonly message: Text;
  readonly remedy?: Text;
  readonly problems: AnklumeError['problems'];
}

/** What was thrown, as a failure; what we cannot explain is a bug of ours and says so. */
export function failureOf(error: unknown): Failure {
  if (error instanceof AnklumeError)
    return {
      type: 'error',
      code: error.code,
      exit: error.exit,
      message: error.text,
      ...(error.remedy && { remedy: error.remedy }),
      problems: error.problems,
    };
  const words = printable(error instanceof Error ? error.message : String(error));
  return {
    type: 'error',
    code: 'bug',
    exit: ExitCode.failed,
    message: {
      en: `This is a bug in anklume, not a mistake of yours: ${words}`,
      fr: `C'est un défaut d'anklume, pas une erreur de votre part : ${words}`,
    },
    remedy: {
      en: 'Run the same command with --debug and send its output to the project with your infra.yml.',
      fr: 'Relancez la même commande avec --debug et envoyez sa sortie au projet avec votre infra.yml.',
    },
    problems: [],
  };
}

/** The failure for people: findings first, then the sentence, then what to do; a stack only when asked. */
export function renderFailure(error: unknown, voice: Voice, debug: boolean): string {
  const { paint, t } = voice;
  const failure = failureOf(error);
  const parts: string[] = [];
  if (failure.problems.length > 0) parts.push(renderProblems(failure.problems, voice), '');
  parts.push(`${paint.bad('✗')} ${printable(t(failure.message))}`);
  if (failure.remedy) parts.push(`${paint.accent('→')} ${printable(t(failure.remedy))}`);
  if (debug) parts.push('', paint.dim(stackOf(error)));
  return parts.join('\n');
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error));
  const own = printable(error.stack ?? error.message);
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
