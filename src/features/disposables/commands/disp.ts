import { setTimeout as pause } from 'node:timers/promises';
import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import type { Session } from '../../../kit/session.ts';
import { wholeNumber } from '../../../kit/whole-number.ts';
import { wishOf } from './disp-flags.ts';
import { launch } from './disp-launch.ts';
import { open } from './disp-open.ts';
import { run } from './disp-run.ts';

const list = command({
  brief: { en: 'List disposable machines', fr: 'Lister les machines jetables' },
  examples: [
    ['anklume disp list', { en: 'also those of a pool', fr: "y compris celles d'une réserve" }],
  ],
  flags: daemonFlags,
  async run(session, flags) {
    const { disposablesOf } = await import('../tag.ts');
    const { sweep } = await import('../remove.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderDisposables } = await import('../render/disposables.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const all = disposablesOf(await daemon.incus.instances.list());
    const gone = await sweep(daemon.incus, all);
    const left = all.filter(({ name }) => !gone.some((one) => one.name === name));
    const machines = left.map(({ name, project, status, since, tag: { use, image } }) => ({
      ...{ name, project, status, use, image, since },
    }));
    session.result({ type: 'disposables', machines }, () => renderDisposables(left, session));
    return undefined;
  },
});

const remove = command({
  brief: { en: 'Delete disposable machines', fr: 'Supprimer des machines jetables' },
  description: {
    en: 'Stops and deletes them with all their data. --all includes the machines of pools.',
    fr: 'Les arrête et les supprime avec toutes leurs données. --all comprend les machines des réserves.',
  },
  examples: [['anklume disp delete --all', { en: 'all of them', fr: 'toutes' }]],
  flags: {
    all: toggle({
      en: 'All disposable machines of this daemon',
      fr: 'Toutes les machines jetables de ce démon',
    }),
    after: hiddenWord('TOKEN'),
    refill: hiddenWord('N'),
    image: hiddenWord('IMAGE'),
    domain: hiddenWord('DOMAIN'),
    ...projectFlags,
    ...daemonFlags,
  },
  rest: { name: 'NAME', least: 0 },
  async run(session, flags, ...words) {
    const { disposableNamed, openDaemon } = await import('../../../site/index.ts');
    const { disposablesOf } = await import('../tag.ts');
    const { removeAll } = await import('../remove.ts');
    if (flags.after === undefined && flags.all === words.length > 0) throw namesOrAll();
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    if (flags.after !== undefined) return await watch(session, flags, flags.after, daemon);
    const all = disposablesOf(await daemon.incus.instances.list());
    const chosen = flags.all ? all : words.map((name = '') => disposableNamed(all, name));
    await removeAll(daemon.incus, chosen);
    const names = chosen.map(({ name }) => name);
    session.result({ type: 'stopped', names }, () => names.join('\n'));
    return undefined;
  },
});

function hiddenWord(placeholder: string) {
  const brief = { en: 'For the process that waits', fr: 'Pour le processus qui attend' };
  return { ...word(placeholder, brief), hidden: true } as const;
}

interface Watch {
  readonly refill: string | undefined;
  readonly image: string | undefined;
  readonly domain: string | undefined;
  readonly infra: string | undefined;
}

/** Milliseconds that a run has the daemon for itself before its pool is filled again. */
const HEAD_START = 1000;

/** What the process beside a run does: fills the pool that the machine came from, and sees to it that none is left. */
async function watch(
  session: Session,
  flags: Watch,
  token: string,
  { incus, host }: import('../../../site/index.ts').Daemon,
): Promise<undefined> {
  const { fillPool } = await import('../pool.ts');
  const { watchOwner } = await import('../watch.ts');
  const { ensureImage } = await import('../../../images/index.ts');
  const size = wholeNumber('--refill', flags.refill);
  const gone = watchOwner(incus, token, session.signal);
  const refill = async () => {
    if (size === undefined) return;
    await Promise.race([gone.catch(() => {}), pause(HEAD_START)]);
    const wish = await wishOf(session, flags);
    const fingerprint = await ensureImage(incus, wish.image, { ...(host && { host }) });
    await fillPool(incus, { ...wish, fingerprint }, size);
  };
  const [watched] = await Promise.allSettled([gone, refill()]);
  if (watched.status === 'rejected') throw watched.reason;
  return undefined;
}

function namesOrAll(): AnklumeError {
  return new AnklumeError({
    code: 'names-or-all',
    exit: ExitCode.usage,
    message: {
      en: 'Give either names of machines or --all.',
      fr: 'Donnez soit des noms de machines, soit --all.',
    },
  });
}

/** `anklume disp ...` */
export const disp: Declared = group(
  { en: 'Disposable machines', fr: 'Les machines jetables' },
  { launch, run, open, list, delete: remove },
  'launch',
  { stop: remove },
);
