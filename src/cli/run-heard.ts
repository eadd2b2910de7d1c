import { run, type StricliProcess } from '@stricli/core';
import { ExitCode, type Language, type Text } from '../base/messages/index.ts';
import type { CliContext } from '../kit/context.ts';
import type { Failure } from '../kit/render/failure.ts';
import { buildApp } from './app.ts';

/** How a run of the parser ended, and what it found wrong by itself. */
interface Heard {
  readonly exitCode: StricliProcess['exitCode'];
  /** Absent when the command was reached. */
  readonly fault?: Text;
}

/** Runs the words and keeps what the parser would say to stderr, for readers that want data. */
export async function runHeard(
  language: Language,
  words: readonly string[],
  context: CliContext,
): Promise<Heard> {
  const first = await listen(language, words, context);
  if (first.said === '') return { exitCode: first.exitCode };
  // Wrong words stop the parser before any command, so asking in the other language does nothing else.
  const other = language === 'en' ? 'fr' : 'en';
  const { said } = await listen(other, words, context);
  const fault = { en: first.said, fr: first.said, [other]: said };
  return { exitCode: first.exitCode, fault };
}

/** A fault of the parser in the form of all failures. */
export function usageFault(message: Text, exit: number): Failure {
  return {
    type: 'error',
    code: exit === ExitCode.usage ? 'usage' : 'bug',
    exit: exit === ExitCode.usage ? ExitCode.usage : ExitCode.failed,
    message,
    problems: [],
  };
}

async function listen(language: Language, words: readonly string[], context: CliContext) {
  let said = '';
  const stderr = {
    write(text: string) {
      said += text;
    },
  };
  const process: StricliProcess = { ...context.process, stderr, exitCode: undefined };
  await run(buildApp(language, true, words[0]), [...words], { ...context, process });
  return { said: said.trim(), exitCode: process.exitCode };
}
