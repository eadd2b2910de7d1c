import { ExitCode, type Language, say } from '../base/messages/index.ts';

export interface Interrupts {
  readonly signal: AbortSignal;
  /** From now on an interrupt is the ordinary end of the command, of which nothing is said. */
  expect(): void;
  /** Whether work was cut short. */
  failed(): boolean;
  stop(): void;
}

/**
 * Ctrl-C: the first aborts the signal, so that no new work starts and what is in flight may finish;
 * the second ends the program at once.
 */
export function watchInterrupts(
  host: NodeJS.Process,
  language: Language,
  exitNow: (code: number) => void,
): Interrupts {
  const controller = new AbortController();
  let expected = false;
  const onSignal = () => {
    if (controller.signal.aborted) return exitNow(ExitCode.interrupted);
    controller.abort();
    if (expected) return;
    host.stderr.write(
      `\n${say(
        {
          en: 'Stopping: nothing new is started, what is in flight may finish. Press Ctrl-C again to leave at once.',
          fr: 'Arrêt : rien de nouveau ne démarre, ce qui est en cours se termine. Ctrl-C à nouveau pour quitter aussitôt.',
        },
        language,
      )}\n`,
    );
  };
  host.on('SIGINT', onSignal);
  host.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    expect() {
      expected = true;
    },
    failed: () => controller.signal.aborted && !expected,
    stop() {
      host.off('SIGINT', onSignal);
      host.off('SIGTERM', onSignal);
    },
  };
}
