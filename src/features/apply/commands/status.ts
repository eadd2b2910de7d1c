import { setTimeout as sleep } from 'node:timers/promises';
import { ExitCode, type Text } from '../../../base/messages/index.ts';
import type { StreamItem } from '../../../incus/index.ts';
import type { NetworkStatus } from '../../../isolation/index.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import { asListed, listFlags } from '../../../kit/list-flags.ts';
import type { Session } from '../../../kit/session.ts';
import { showProblems, tellStale } from '../../../kit/show-problems.ts';
import type { Daemon, World } from '../../../site/index.ts';

export const status = command({
  brief: { en: 'Machines, addresses, state and drift', fr: 'Machines, adresses, état et dérive' },
  description: {
    en: 'Exit 1 when machines run without the isolation rules that are wanted for them. With --watch the daemon tells what happens: a terminal shows the machines as they are at any time, a pipe gets a line for each event, and --json an object for each.',
    fr: "Code de sortie 1 quand des machines tournent sans les règles d'isolation voulues pour elles. Avec --watch, le démon dit ce qui se passe : un terminal montre les machines telles qu'elles sont à tout moment, un tube reçoit une ligne par événement, et --json un objet pour chacun.",
  },
  examples: [
    ['anklume status', { en: 'once', fr: 'une fois' }],
    [
      'anklume status --format csv --columns machine,state',
      { en: 'for a spreadsheet', fr: 'pour un tableur' },
    ],
    ['anklume status -q', { en: 'names alone', fr: 'les noms seuls' }],
    [
      'anklume status --watch',
      { en: 'as it changes, until Ctrl-C', fr: "au fil des changements, jusqu'à Ctrl-C" },
    ],
  ],
  flags: {
    watch: toggle({
      en: 'Follow what happens, until Ctrl-C',
      fr: "Suivre ce qui se passe, jusqu'à Ctrl-C",
    }),
    ...listFlags,
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { laterCollisions, openDaemon, openDeclared } = await import('../../../site/index.ts');
    const { lookAtWalls } = await import('../../network/index.ts');
    const declared = await openDeclared({ cwd: session.cwd, infra: flags.infra });
    const { world } = declared;
    await showProblems(session, world.warnings);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    if (flags.watch) session.endsWithInterrupt();
    // Listened to before the first look, so that nothing happens in between unseen.
    const items = flags.watch
      ? daemon.incus.events(['lifecycle'], session.signal)[Symbol.asyncIterator]()
      : undefined;
    const first = items?.next();
    first?.catch(() => {});
    const walls = await lookAtWalls(world.desired, daemon);
    await look(session, declared, daemon, flags, walls.status);
    tellStale(session, declared);
    if (walls.warning) session.emit(walls.warning);
    for (const { code, text, remedy } of walls.faults)
      session.emit({ type: 'note', level: 'warning', code, text, remedy });
    for (const { code, text, remedy } of await laterCollisions(world.desired, daemon))
      session.emit({ type: 'note', level: 'warning', code, text, ...(remedy && { remedy }) });
    if (!items || !first)
      return walls.walled && walls.faults.length === 0 ? ExitCode.done : ExitCode.failed;
    await follow(session, world, daemon, startingWith(first, items), flags);
    return undefined;
  },
});

type Listing = Parameters<typeof asListed>[1];

async function look(
  session: Session,
  { world, stale }: { readonly world: World; readonly stale?: Text },
  daemon: Daemon,
  listing: Listing,
  walls?: NetworkStatus,
): Promise<void> {
  const { machineStatus } = await import('../../../site/index.ts');
  const { closedLines } = await import('../../network/render/closed.ts');
  const { renderStatus } = await import('../../instances/render/machines.ts');
  const nesting = await daemon.nesting();
  const machines = await machineStatus(world, daemon);
  const listed = asListed(machines, listing, session);
  const seen = { rules: walls?.state ?? ('unseen' as const), closed: walls?.closed ?? [] };
  const table = () =>
    session.fit(
      [renderStatus(machines, session, nesting), ...closedLines(walls?.closed ?? [], session)].join(
        '\n',
      ),
    );
  session.result(
    { type: 'status', machines, ...(nesting && { nesting }), ...seen, ...(stale && { stale }) },
    () => listed ?? table(),
  );
}

/** An address comes without an event, some time after its machine has started. In milliseconds. */
const ADDRESS_DELAY = 2500;

async function follow(
  session: Session,
  world: World,
  daemon: Daemon,
  items: AsyncIterator<StreamItem>,
  listing: Listing,
): Promise<void> {
  const { bunched, worldEvent } = await import('../../instances/index.ts');
  const { eventLine } = await import('../render/world-event.ts');
  const { stdout } = session.terminal;
  const draws = stdout.isTTY === true && !session.common.json;
  const redraw = async () => {
    if (session.signal.aborted) return;
    stdout.write('\u001b[H\u001b[2J');
    await look(session, { world }, daemon, listing);
  };
  let later: Promise<unknown> = Promise.resolve();
  for await (const bunch of bunched(items, draws ? {} : { quiet: 0 })) {
    const events = bunch.flatMap((item) =>
      item.type === 'gap' ? [] : (worldEvent(world.desired, item) ?? []),
    );
    const isGap = bunch.some(({ type }) => type === 'gap');
    if (draws && (isGap || events.length > 0)) await redraw();
    if (draws && events.some(({ action }) => action === 'started' || action === 'restarted'))
      later = sleep(ADDRESS_DELAY, undefined, { signal: session.signal }).then(redraw, () => {});
    if (draws) continue;
    // What happened while the daemon was away was not told: the picture is drawn anew.
    if (isGap) await look(session, { world }, daemon, listing);
    for (const event of events)
      session.result({ type: 'event', ...event }, () => eventLine(event, session));
  }
  await later;
}

async function* startingWith(
  first: Promise<IteratorResult<StreamItem>>,
  rest: AsyncIterator<StreamItem>,
): AsyncGenerator<StreamItem> {
  for (let next = await first; !next.done; next = await rest.next()) yield next.value;
}
