import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run, type StricliProcess } from '@stricli/core';
import manifest from '../../package.json' with { type: 'json' };
import { AnklumeError, chooseLanguage, ExitCode, type Language } from '../base/messages/index.ts';
import { homeFolder, jsonText, printable } from '../base/system/index.ts';
import { doubtfulValue, normaliseArgv, withDashes } from '../kit/argv.ts';
import type { CliContext } from '../kit/context.ts';
import { watchInterrupts } from '../kit/interrupt.ts';
import { openSession } from '../kit/open-session.ts';
import { failureOf, renderFailure } from '../kit/render/failure.ts';
import { fitted } from '../kit/render/fitted.ts';
import { makePaint, wantsColor } from '../kit/render/paint.ts';
import { wrapHelp } from '../kit/render/wrap.ts';
import type { CommonFlags, Session } from '../kit/session.ts';
import { typeset } from '../kit/typography.ts';
import { buildApp } from './app.ts';
import { commandBriefs, EXTENSIONS, mayTake, passedOnAt, takesDaemon } from './routes.ts';

export { commandWords } from './routes.ts';

import { runHeard, usageFault } from './run-heard.ts';

/** The whole program but its exit: reads the words, runs the command, gives the exit status. */
export async function start(
  argv: readonly string[],
  host: NodeJS.Process,
  exitNow: (code: number) => void,
): Promise<number> {
  const language = chooseLanguage(host.env);
  const pipes = watchPipes(host);
  const noColor = argv.includes('--no-color');
  const words = plainWords(normaliseArgv(argv, { mayTake, isSandbox }));
  if (asksForAll(words)) {
    const page = await import('./help-page.ts');
    host.stdout.write(
      `${wrapHelp(page.helpPage(commandBriefs(language), language), host.stdout.columns)}\n`,
    );
    return ExitCode.done;
  }
  const app = buildApp(language, !wantsColor(host.env, host.stdout.isTTY, noColor), words[0]);
  const json = asksForJson(argv);
  if (argv[0] === 'complete') {
    const { proposeLines } = await import('./completion/propose.ts');
    const typed = argv.slice(argv[1] === '--' ? 2 : 1);
    const around = { env: host.env, cwd: host.cwd(), process: host };
    host.stdout.write(await proposeLines(typed, language, around));
    return ExitCode.done;
  }
  const interrupts = watchInterrupts(host, language, exitNow);
  const parser: StricliProcess = {
    // Only help and completion come this way; results have their own.
    stdout: {
      write: (text) => host.stdout.write(wrapHelp(text, host.stdout.columns)),
    },
    stderr: host.stderr,
    env: host.env,
    exitCode: undefined,
  };
  let ending: number | undefined;
  const context: CliContext = {
    process: parser,
    env: host.env,
    cwd: host.cwd(),
    async carryOut(flags, work) {
      const common = flags as unknown as CommonFlags;
      const { session, listener, farewell } = await openSession(common, {
        takesDaemon,
        extensions: EXTENSIONS,
        language,
        env: host.env,
        cwd: host.cwd(),
        version: manifest.version,
        terminal: host,
        signal: AbortSignal.any([interrupts.signal, pipes.signal]),
        endsWithInterrupt: () => interrupts.expect(),
      });
      try {
        await checkFolder(common.directory, session.cwd);
        const end = (await work(session)) ?? ExitCode.done;
        ending = typeof end === 'number' ? end : end.status;
      } catch (error) {
        listener.close();
        const reason = interrupts.failed() && !(error instanceof AnklumeError);
        ending = tell(reason ? interrupted(error) : error, common, host, session.t);
      } finally {
        listener.close();
        farewell();
      }
      if (interrupts.failed()) ending = ExitCode.interrupted;
    },
  };
  const heard = json ? await runHeard(language, words, context) : undefined;
  if (!heard) await run(app, words, context);
  interrupts.stop();
  const status = ending ?? parserEnding(heard ? heard.exitCode : parser.exitCode);
  if (status === ExitCode.usage && !json)
    host.stderr.write(aboutDoubt(argv, language) || aboutDashes(argv, language, ending));
  if (heard?.fault) host.stderr.write(`${jsonText(usageFault(heard.fault, status))}\n`);
  return pipes.failed() && status === ExitCode.done ? ExitCode.failed : status;
}

/** Looked up only for a word behind `--sandbox`; anything but a plain name is none. */
function isSandbox(name: string): boolean {
  return /^[\w.-]+$/.test(name) && existsSync(join(homeFolder(), 'sandboxes', name));
}

/** `help COMMAND` is `COMMAND --help`, and `-V` the version. */
function plainWords(words: readonly string[]): readonly string[] {
  const [first, ...rest] = words;
  if (first === 'help') return [...rest, '--help'];
  return first === '-V' ? ['--version'] : words;
}

/** Whether the program's own help is wanted, which is also the answer to no word at all. */
function asksForAll(words: readonly string[]): boolean {
  return words.every((word) => ['--help', '-h', '--help-all', '--no-color'].includes(word));
}

/** Work that was cut short by Ctrl-C ends with errors of all kinds; to the reader they are one thing. */
function interrupted(cause: unknown): AnklumeError {
  return new AnklumeError({
    code: 'interrupted',
    exit: ExitCode.interrupted,
    cause,
    message: { en: 'Interrupted.', fr: 'Interrompu.' },
    remedy: {
      en: 'Run the same command again: it goes on from where things stand.',
      fr: 'Relancez la même commande : elle reprend là où en sont les choses.',
    },
  });
}

/** Shows a failure and gives its exit status. */
function tell(error: unknown, common: CommonFlags, host: NodeJS.Process, t: Session['t']): number {
  const failure = failureOf(error);
  const words = common.json
    ? jsonText(failure)
    : renderFailure(
        error,
        {
          paint: makePaint(wantsColor(host.env, host.stderr.isTTY, common.noColor)),
          t,
          cwd: host.cwd(),
          width: host.stderr.columns ?? 100,
        },
        common.debug,
      );
  host.stderr.write(`${common.json ? words : fitted(words, host.stderr.columns)}\n`);
  return failure.exit;
}

/** Flags of a command that is to be passed on are read as our own, unless `--` stands before it. */
function aboutDashes(
  argv: readonly string[],
  language: Language,
  ending: number | undefined,
): string {
  // Only where the parser stopped, so that no command has begun.
  const line = ending === undefined ? withDashes(argv, passedOnAt(argv)) : undefined;
  if (line === undefined) return '';
  const shown = printable(line).slice(0, 300);
  const text = {
    en: `The command that is passed on stands behind --: ${shown}`,
    fr: `La commande transmise se met après -- : ${shown}`,
  };
  return `${typeset(text, language)}\n`;
}

/** A word behind a flag whose value is optional is the command's own; where that was wrong, the reader may not know. */
function aboutDoubt(argv: readonly string[], language: Language): string {
  const doubt = doubtfulValue(argv);
  if (!doubt) return '';
  const [flag, value] = [doubt.flag, printable(doubt.value).slice(0, 100)];
  const text = {
    en: `If '${value}' is the value of ${flag}, it needs an equals sign: ${flag}=${value}`,
    fr: `Si « ${value} » est la valeur de ${flag}, il faut un signe égal : ${flag}=${value}`,
  };
  return `${typeset(text, language)}\n`;
}

function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? argv.length : end).includes('--json');
}

/** The parser's own endings are negative: wrong words are usage, anything else is a failure. */
function parserEnding(code: StricliProcess['exitCode']): number {
  const value = Number(code ?? 0);
  if (value >= 0) return value;
  // -5 and -4: unknown command, invalid argument.
  return value === -5 || value === -4 ? ExitCode.usage : ExitCode.failed;
}

/** `-C` with a folder that is not there would otherwise be told as a project that is missing. */
async function checkFolder(named: string | undefined, folder: string): Promise<void> {
  if (named === undefined) return;
  const facts = await stat(folder).catch(() => undefined);
  if (facts?.isDirectory()) return;
  const shown = printable(folder);
  throw new AnklumeError({
    code: 'no-such-folder',
    exit: ExitCode.usage,
    message: facts
      ? { en: `-C: ${shown} is not a folder.`, fr: `-C : ${shown} n'est pas un dossier.` }
      : { en: `-C: there is no folder ${shown}.`, fr: `-C : il n'y a pas de dossier ${shown}.` },
    remedy: { en: 'Check the path.', fr: 'Vérifiez le chemin.' },
  });
}

/**
 * A reader that closes its end of the pipe has seen enough: that is not an error, and work goes on to its end,
 * for half of it would be worse. Results come last, so a closed stdout leaves nothing to do but stop looking.
 */
function watchPipes(host: NodeJS.Process): { signal: AbortSignal; failed(): boolean } {
  const closed = new AbortController();
  let failed = false;
  host.stderr.on('error', () => {});
  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    closed.abort();
    if (error.code === 'EPIPE') return;
    failed = true;
    // For a failure that is heard only after the command has ended.
    host.exitCode = ExitCode.failed;
    host.stderr.write(`anklume: stdout: ${error.code ?? error.message}\n`);
  });
  return { signal: closed.signal, failed: () => failed };
}
