import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';
import { command } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Ending, Session } from '../../../kit/session.ts';
import { wholeNumber } from '../../../kit/whole-number.ts';
import type { Daemon } from '../../../site/index.ts';
import type { Place } from '../find.ts';
import type { LogOptions, LogSource } from '../logs.ts';
import { placesFor } from './instance-places.ts';

/** Lines that are shown where no number is given. */
const USUAL = 50;

/** `anklume instance logs` */
export const logs = command({
  brief: { en: 'Logs of machines', fr: 'Les journaux de machines' },
  description: {
    en: "The journal of the machine's own system; where it keeps none, what was written on its console. --console asks for the latter, --start for what Incus wrote down when it started the machine: why it did not start stands there. Lines are made printable.",
    fr: "Le journal du système de la machine ; s'il n'en tient pas, ce qui a été écrit sur sa console. --console demande celle-ci, --start ce qu'Incus a noté en démarrant la machine : la raison d'un démarrage manqué s'y trouve. Les lignes sont rendues affichables.",
  },
  examples: [
    ['anklume instance logs pro-dev', { en: 'the last 50 lines', fr: 'les 50 dernières lignes' }],
    [
      'anklume instance logs pro --follow',
      { en: 'a whole domain, as it comes', fr: "un domaine entier, au fil de l'eau" },
    ],
    [
      'anklume instance logs pro-dev --start',
      { en: 'why it did not start', fr: "pourquoi elle n'a pas démarré" },
    ],
  ],
  flags: {
    lines: word('N', {
      en: `So many of the last lines (${USUAL})`,
      fr: `Nombre de lignes à afficher, les dernières (${USUAL})`,
    }),
    follow: toggle({
      en: 'Go on with what is written, until Ctrl-C',
      fr: "Continuer avec ce qui s'écrit, jusqu'à Ctrl-C",
    }),
    console: toggle({ en: 'What is on the console', fr: 'Ce qui est sur la console' }),
    start: toggle({
      en: 'What Incus wrote down at the last start',
      fr: "Ce qu'Incus a noté au dernier démarrage",
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  rest: { name: 'DOMAIN|MACHINE', least: 1, propose: domainAndMachineNames },
  async run(session, flags, ...words) {
    const { openDaemon } = await import('../../../site/index.ts');
    const lines = wholeNumber('--lines', flags.lines) ?? USUAL;
    const source = sourceOf(flags);
    const names = words.filter((one) => one !== undefined);
    const find = await placesFor(session, flags, names);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const places = await find(daemon);
    session.settle();
    if (flags.follow) session.endsWithInterrupt();
    return await printLogs(session, daemon, places, { source, lines, follow: flags.follow });
  },
});

/** As they come; what could not be read is told at the end. */
async function printLogs(
  session: Session,
  { incus }: Daemon,
  places: readonly Place[],
  choice: Omit<LogOptions, 'signal'>,
): Promise<Ending> {
  const { showLogs } = await import('../logs.ts');
  const { failedRuns, prefixed } = await import('../render/machine-output.ts');
  const { stdout, stderr } = session.terminal;
  const show =
    places.length > 1 || session.common.json
      ? prefixed(places, session)
      : (_: unknown, __: unknown, line: string) => stdout.write(`${printable(line)}\n`);
  const { signal } = session;
  try {
    const outcomes = await showLogs(incus, places, { ...choice, signal }, show);
    for (const line of failedRuns(outcomes, session)) stderr.write(`${line}\n`);
    return outcomes.every(({ code }) => code === 0) ? ExitCode.done : ExitCode.failed;
  } catch (error) {
    // Ctrl-C is how a person ends a log that goes on.
    if (choice.follow && signal.aborted) return undefined;
    throw error;
  }
}

function sourceOf(flags: {
  readonly console: boolean;
  readonly start: boolean;
  readonly follow: boolean;
}): LogSource {
  const stored = flags.console || flags.start;
  if ((flags.console && flags.start) || (stored && flags.follow)) throw oneSource();
  if (flags.console) return 'console';
  return flags.start ? 'start' : 'system';
}

function oneSource(): AnklumeError {
  return new AnklumeError({
    code: 'one-source',
    exit: ExitCode.usage,
    message: {
      en: '--console, --start and --follow go with none of the others: only the journal can be followed.',
      fr: '--console, --start et --follow ne se combinent pas : seul le journal peut être suivi.',
    },
    remedy: { en: 'Give one of them.', fr: "N'en donnez qu'un." },
  });
}
