import { ExitCode } from '../../../base/messages/index.ts';
import { command, type WordSpec } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, type FlagValues, projectFlags } from '../../../kit/flags.ts';
import { asFlags, noTerminal, runChoice } from '../../../kit/run-flags.ts';
import type { Ending, Session } from '../../../kit/session.ts';
import type { Daemon } from '../../../site/index.ts';
import type { Place } from '../find.ts';
import type { Ran, RunOptions } from '../run.ts';
import { placeFor, placesFor } from './instance-places.ts';

const MACHINE: WordSpec = {
  name: 'MACHINE',
  brief: {
    en: 'A machine, by its name in infra.yml',
    fr: 'Une machine, par son nom dans infra.yml',
  },
  propose: domainAndMachineNames,
};

const runFlags = { ...asFlags, ...projectFlags, ...daemonFlags } as const;

/** `anklume instance exec` */
export const exec = command({
  brief: { en: 'Run a command in a machine', fr: 'Exécuter une commande dans une machine' },
  description: {
    en: "The command's streams and exit status are passed on as they are. It gets a terminal when this is one, unless --no-terminal. Several machines (names with commas, or 'all') run it in parallel, as 'domain exec' does.",
    fr: "Les flux de la commande et son code de sortie sont transmis tels quels. Elle reçoit un terminal quand c'en est un ici, sauf avec --no-terminal. Plusieurs machines (noms séparés par des virgules, ou « all ») l'exécutent en parallèle, comme « domain exec ».",
  },
  examples: [
    ['anklume instance exec pro-dev -- uname -a', { en: 'one command', fr: 'une commande' }],
    [
      'anklume instance exec pro-dev -- tar c /etc > etc.tar',
      { en: 'bytes arrive unchanged', fr: 'les octets arrivent inchangés' },
    ],
    [
      'anklume instance exec pro-dev --user 1000 -- id',
      { en: 'as another user', fr: "en tant qu'un autre utilisateur" },
    ],
    [
      'anklume instance exec pro-dev,pro-web -- hostname',
      {
        en: 'several at once, each line with its machine',
        fr: 'plusieurs à la fois, chaque ligne avec sa machine',
      },
    ],
  ],
  flags: {
    noTerminal,
    ...runFlags,
  },
  words: [MACHINE],
  rest: { name: 'COMMAND', least: 1, dashes: true },
  async run(session, flags, name = '', ...words) {
    const { openDaemon } = await import('../../../site/index.ts');
    const options = { ...runChoice(flags), signal: session.signal };
    const argv = words.filter((one) => one !== undefined);
    if (isSeveral(name)) return await runInSeveral(session, flags, name, argv);
    const find = await placeFor(session, flags, name);
    await using daemon = await openDaemon(flags, silentDaemonOptions(session, flags));
    const place = await find(daemon);
    session.settle();
    return endOf(session, await passOn(daemon, place, argv, options, !flags.noTerminal));
  },
});

/** `anklume shell`, and `anklume instance shell`, which is the same. */
export const shell = command({
  brief: { en: 'A shell in a machine', fr: 'Un shell dans une machine' },
  examples: [
    ['anklume shell pro-dev', { en: 'as root', fr: 'en tant que root' }],
    [
      'anklume shell pro-dev --user 1000',
      { en: 'as another user', fr: 'sous un autre utilisateur' },
    ],
  ],
  flags: runFlags,
  words: [MACHINE],
  async run(session, flags, name = '') {
    const { LOGIN_SHELL, runInTerminal } = await import('../run.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const options = { cwd: '/root', ...runChoice(flags), signal: session.signal };
    const find = await placeFor(session, flags, name);
    await using daemon = await openDaemon(flags, silentDaemonOptions(session, flags));
    const place = await find(daemon);
    session.settle();
    const { stdin, stdout } = process;
    const env = { TERM: session.env.TERM ?? 'linux' };
    const all = { ...options, env, stdin, stdout };
    const { code: status } = await runInTerminal(daemon.incus, place, LOGIN_SHELL, all);
    stdin.destroy();
    return { status };
  },
});

/** `anklume domain exec` */
export const domainExec = command({
  brief: {
    en: 'Run a command in all machines of a domain',
    fr: "Exécuter une commande dans toutes les machines d'un domaine",
  },
  description: {
    en: 'In parallel; each line of output begins with the name of its machine. Exit status 1 when it failed in one of them.',
    fr: "En parallèle ; chaque ligne de sortie commence par le nom de sa machine. Code de sortie 1 si elle a échoué dans l'une d'elles.",
  },
  examples: [
    ['anklume domain exec pro -- hostname', { en: 'one domain', fr: 'un domaine' }],
    [
      'anklume domain exec pro --json -- cat /etc/hostname',
      { en: 'one object a line', fr: 'un objet par ligne' },
    ],
  ],
  flags: runFlags,
  words: [
    {
      name: 'DOMAIN|MACHINE',
      brief: { en: 'A domain or a machine', fr: 'Un domaine ou une machine' },
      propose: domainAndMachineNames,
    },
  ],
  rest: { name: 'COMMAND', least: 1, dashes: true },
  async run(session, flags, name = '', ...words) {
    const argv = words.filter((one) => one !== undefined);
    return await runInSeveral(session, flags, name, argv);
  },
});

/** The command's streams are those of this process, or its terminal where this is one. */
async function passOn(
  { incus }: Daemon,
  place: Place,
  argv: readonly string[],
  options: RunOptions,
  terminal: boolean,
): Promise<Ran> {
  const room = await import('../run.ts');
  const { stdin, stdout, stderr } = process;
  if (terminal && stdin.isTTY && stdout.isTTY)
    return await room.runInTerminal(incus, place, argv, { ...options, stdin, stdout });
  const streams = { ...(!stdin.isTTY && { stdin }), stdout, stderr };
  const ran = await room.runIn(incus, place, argv, { ...options, ...streams });
  stdin.destroy();
  return ran;
}

/** The exit status of a command, with what it left unsaid. */
export function endOf(session: Session, { code, message }: Ran): Ending {
  if (message) session.emit({ type: 'note', level: 'warning', code: 'no-command', text: message });
  return { status: code };
}

function isSeveral(name: string): boolean {
  return name.includes(',') || name === 'all';
}

type RunFlags = FlagValues<typeof runFlags>;

/** In parallel, each line with the name of its machine. */
async function runInSeveral(
  session: Session,
  flags: RunFlags,
  name: string,
  argv: readonly string[],
): Promise<ExitCode> {
  const room = await import('../run.ts');
  const { openDaemon } = await import('../../../site/index.ts');
  const { prefixed, renderRun } = await import('../render/machine-output.ts');
  const options = { ...runChoice(flags), signal: session.signal };
  const find = await placesFor(session, flags, name.split(','));
  await using daemon = await openDaemon(flags, silentDaemonOptions(session, flags));
  const places = await find(daemon);
  session.settle();
  const show = prefixed(places, session);
  const outcomes = await room.runInAll(daemon.incus, places, argv, options, show);
  const machines = outcomes.map(({ place, code, message, remedy }) => ({
    domain: place.domain,
    machine: place.machine,
    ...(code !== undefined && { code }),
    ...(message && { message }),
    ...(remedy && { remedy }),
  }));
  session.result({ type: 'exec', machines }, () => renderRun(outcomes, session));
  return outcomes.every(({ code }) => code === 0) ? ExitCode.done : ExitCode.failed;
}
