import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions, silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { toggle, word } from '../../../kit/flags.ts';
import { noTerminal, runChoice } from '../../../kit/run-flags.ts';
import type { Session } from '../../../kit/session.ts';
import { wholeNumber } from '../../../kit/whole-number.ts';
import type { Daemon } from '../../../site/index.ts';
import { dispFlags, type Wish, wishOf } from './disp-flags.ts';
import { holdOne, runHeld } from './disp-held.ts';

/** `anklume disp`, and `anklume disp launch`, which is the same. */
export const launch = command({
  brief: {
    en: 'Start a disposable machine; it is deleted when it stops',
    fr: "Une machine neuve, qui disparaît à l'arrêt",
  },
  description: {
    en: 'With a command or --console the machine is deleted when that ends, and its exit status is passed on; without, it stays until it is stopped, from outside or inside. It lives in a domain, under its isolation rules, or has no network.',
    fr: "Avec une commande ou --console, la machine disparaît à la fin de celle-ci, dont le code de sortie est transmis ; sinon elle reste jusqu'à son arrêt, de l'extérieur ou de l'intérieur. Elle vit dans un domaine, sous ses règles d'isolation, ou n'a pas de réseau.",
  },
  examples: [
    ['anklume disp', { en: 'one without network', fr: 'une machine sans réseau' }],
    [
      'anklume disp --domain pro --console',
      { en: 'a shell in one of a domain', fr: 'un shell dans une machine du domaine' },
    ],
    [
      'anklume disp --image images:debian/13 -- uname -a',
      { en: 'one command', fr: 'une commande' },
    ],
    [
      'anklume disp --pool 2',
      { en: 'two that wait, for a faster start', fr: 'deux en attente, pour démarrer plus vite' },
    ],
  ],
  flags: {
    console: toggle({
      en: 'Attach a shell at once; leaving it ends the machine',
      fr: "S'y attacher aussitôt par un shell ; le quitter met fin à la machine",
    }),
    pool: word('N', {
      en: 'Keep so many machines waiting for their use instead; 0: none',
      fr: 'Garder plutôt autant de machines en attente de leur usage ; 0 : aucune',
    }),
    noTerminal,
    ...dispFlags,
  },
  rest: { name: 'COMMAND', least: 0, dashes: true },
  async run(session, flags, ...words) {
    const { openDaemon } = await import('../../../site/index.ts');
    const choice = runChoice(flags);
    const size = wholeNumber('--pool', flags.pool);
    if ([size !== undefined, flags.console, words.length > 0].filter(Boolean).length > 1)
      throw oneOfThem();
    if (flags.console && !(process.stdin.isTTY && process.stdout.isTTY)) throw noTerminalHere();
    if (size !== undefined && size > LARGEST_POOL) throw poolTooLarge();
    const wish = await wishOf(session, flags);
    const passesOn = flags.console || words.length > 0;
    const options = passesOn ? silentDaemonOptions : daemonOptions;
    await using daemon = await openDaemon(flags, { ...options(session, flags), makes: true });
    if (size !== undefined) return await fill(session, daemon, wish, size);
    await using held = await holdOne(session, flags, daemon, wish);
    if (flags.console) {
      const { LOGIN_SHELL } = await import('../../instances/index.ts');
      return await runHeld(session, daemon, { held, wish, choice, terminal: true }, LOGIN_SHELL);
    }
    if (words.length > 0)
      return await runHeld(
        session,
        daemon,
        { held, wish, choice, terminal: !flags.noTerminal },
        words,
      );
    await held.keep();
    const { name, project } = held.machine;
    const domain = wish.home.domain?.name;
    const result = { type: 'disposable' as const, name, project, ...(domain && { domain }) };
    session.result({ ...result, image: wish.image }, () => name);
    session.say(whatNext(name));
    return undefined;
  },
});

/** More would only be a mistake in typing. */
const LARGEST_POOL = 100;

async function fill(session: Session, { incus, host }: Daemon, wish: Wish, size: number) {
  const { fillPool } = await import('../pool.ts');
  const { ensureImage } = await import('../../../images/index.ts');
  const { home, image } = wish;
  const { emit, signal } = session;
  const fingerprint = await ensureImage(incus, image, { emit, signal, ...(host && { host }) });
  const done = await fillPool(incus, { home, image, fingerprint }, size);
  session.result({ type: 'pool', project: home.project, image, size, ...done }, () =>
    session.t(poolIs(size)),
  );
  return undefined;
}

function poolIs(size: number): Text {
  if (size === 0)
    return { en: 'No machine waits any more.', fr: "Plus aucune machine n'est en attente." };
  return size === 1
    ? { en: 'One machine waits for its use.', fr: 'Une machine attend son usage.' }
    : {
        en: `${size} machines wait for their use.`,
        fr: `${size} machines attendent leur usage.`,
      };
}

function whatNext(name: string): Text {
  return {
    en: `'anklume shell ${name}' opens a shell in it; 'anklume disp delete ${name}' deletes it.`,
    fr: `« anklume shell ${name} » y ouvre un shell ; « anklume disp delete ${name} » la supprime.`,
  };
}

function oneOfThem(): AnklumeError {
  return new AnklumeError({
    code: 'one-of-them',
    exit: ExitCode.usage,
    message: {
      en: 'A command, --console and --pool are three different things to do.',
      fr: 'Une commande, --console et --pool sont trois choses différentes à faire.',
    },
    remedy: { en: 'Give one of them.', fr: "N'en donnez qu'une." },
  });
}

function poolTooLarge(): AnklumeError {
  return new AnklumeError({
    code: 'pool-too-large',
    exit: ExitCode.usage,
    message: {
      en: `--pool: ${LARGEST_POOL} machines are the most that may wait.`,
      fr: `--pool : ${LARGEST_POOL} machines en attente sont le maximum.`,
    },
  });
}

function noTerminalHere(): AnklumeError {
  return new AnklumeError({
    code: 'no-terminal',
    exit: ExitCode.usage,
    message: {
      en: '--console needs a terminal.',
      fr: "--console a besoin d'un terminal.",
    },
    remedy: {
      en: "Give a command instead: 'anklume disp run -- COMMAND'.",
      fr: 'Donnez plutôt une commande : « anklume disp run -- COMMANDE ».',
    },
  });
}
