import { createInterface } from 'node:readline/promises';
import { AnklumeError, ExitCode, type Text } from '../base/messages/index.ts';
import type { Session } from './session.ts';

/**
 * Goes on after a yes. `--yes` is one; on a terminal the question is asked;
 * without a terminal nobody can answer, so it is refused instead of assumed.
 */
export async function askYes(session: Session, yes: boolean, question: Text): Promise<void> {
  if (yes) return;
  const ask = asker(session);
  if (!ask) throw refused(question);
  if (!(await ask(question))) throw declined();
}

/** Asks a question on the terminal; undefined where there is nobody to ask. */
export function asker(session: Session): ((question: Text) => Promise<boolean>) | undefined {
  const { stdin, stderr } = session.terminal;
  if (stdin.isTTY !== true || stderr.isTTY !== true || session.common.json) return undefined;
  return async (question) => {
    session.settle();
    const dialog = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const hint = session.t({ en: '[y/N]', fr: '[o/N]' });
      const answer = await dialog.question(`${session.t(question)} ${hint} `, {
        signal: session.signal,
      });
      return /^(y|yes|o|oui)$/i.test(answer.trim());
    } finally {
      dialog.close();
    }
  };
}

/** Asks for a line on the terminal, with what counts where nothing is typed; undefined where there is nobody to ask. */
export function lineAsker(
  session: Session,
): ((question: Text, usual: string) => Promise<string>) | undefined {
  const { stdin, stderr } = session.terminal;
  if (stdin.isTTY !== true || stderr.isTTY !== true || session.common.json) return undefined;
  return async (question, usual) => {
    session.settle();
    const dialog = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const answer = await dialog.question(`${session.t(question)} [${usual}] `, {
        signal: session.signal,
      });
      return answer.trim() || usual;
    } finally {
      dialog.close();
    }
  };
}

function refused(question: Text): AnklumeError {
  return new AnklumeError({
    code: 'needs-yes',
    exit: ExitCode.usage,
    message: {
      en: `This needs an answer, and there is no terminal to ask on: ${question.en}`,
      fr: `Une réponse est nécessaire, et il n'y a pas de terminal où la demander : ${question.fr}`,
    },
    remedy: { en: 'Give it beforehand with --yes.', fr: "Donnez-la d'avance avec --yes." },
  });
}

function declined(): AnklumeError {
  return new AnklumeError({
    code: 'declined',
    exit: ExitCode.failed,
    message: { en: 'Nothing was done.', fr: "Rien n'a été fait." },
  });
}
