import { describe, expect, it } from 'vitest';
import { toldDaemon } from '../../../tests/unit/told-daemon.ts';
import { AnklumeError, type Event } from '../../base/messages/index.ts';
import { createSnapshots, deleteSnapshots, type RestorePlace, restoreSnapshots } from './act.ts';
import { listSnapshots } from './list.ts';

type Snapshot = { readonly name: string; readonly created_at: string };

/** A machine of a daemon with one pool; `empty` are records without a volume. */
interface Machine {
  readonly status?: string;
  readonly config?: Readonly<Record<string, string>>;
  readonly snapshots?: readonly string[];
  readonly empty?: readonly string[];
}

const MINE = { 'user.anklume.project': 'mine' };
const choice = { one: false, projectName: 'mine' };

function daemon(machines: Readonly<Record<string, Machine>>, failing?: string) {
  const live = (name: string) => {
    const { status = 'Running', config = {}, snapshots = [], empty = [] } = machines[name] ?? {};
    const made: Snapshot[] = [...snapshots, ...empty].map((one, at) => ({
      name: one,
      created_at: `2026-01-0${at + 1}T00:00:00Z`,
    }));
    return {
      ...{ name, project: 'pro', status, type: 'container', description: '', snapshots: made },
      config: { ...MINE, ...config },
      expanded_config: {},
      expanded_devices: { root: { type: 'disk', path: '/', pool: 'p' } },
    };
  };
  const all = Object.keys(machines).map(live);
  return toldDaemon({
    'instances.listFull': () => all,
    'instances.list': () => all,
    'instances.getFull': (name: string) => live(name),
    'instances.get': (name: string) => ({ value: live(name) }),
    'snapshots.list': (name: string) => live(name).snapshots,
    'snapshots.get': (_machine: string, name: string) => ({ name }),
    'snapshots.volumes': (name: string) => [...(machines[name]?.snapshots ?? []), 'safe'],
    'snapshots.restore': (machine: string, name: string) => {
      if (machine === failing && name !== 'safe')
        throw new AnklumeError({ code: 'full', message: { en: 'full', fr: 'plein' } });
    },
  });
}

const places = (...names: string[]) =>
  names.map((name) => ({ domain: 'd', machine: name, instance: name, project: 'pro' }));
const listening = () => ({ emit: () => {}, signal: new AbortController().signal });
const ends = ({ outcomes }: { outcomes: readonly { machine: string; result: string }[] }) =>
  outcomes.map(({ machine, result }) => `${machine} ${result}`);
const sent = ({ calls }: ReturnType<typeof daemon>, name: string) =>
  calls.filter(([one]) => one === name).map(([, machine, what]) => [machine, what]);

describe('P04-01: new snapshots', () => {
  it('have one name that none of the machines has', async () => {
    const told = daemon({ a: { snapshots: ['x'] }, b: {} });
    const report = await createSnapshots(
      told.incus,
      places('a', 'b'),
      undefined,
      choice,
      listening(),
    );
    const [name] = new Set(report.outcomes.map(({ snapshot }) => snapshot));
    expect(name).toMatch(/^snap-\d{8}-\d{6}$/);
    expect(sent(told, 'snapshots.create')).toEqual([
      ['a', name],
      ['b', name],
    ]);
    expect(report).toMatchObject({ action: 'create', changed: 2, unchanged: 0, failed: 0 });
  });

  it('take the name of one without a volume, and of no other', async () => {
    const told = daemon({ a: { snapshots: ['x'] }, b: {} });
    const report = await createSnapshots(told.incus, places('a', 'b'), 'x', choice, listening());
    expect(ends(report)).toEqual(['a failed', 'b created']);
    expect(report).toMatchObject({ changed: 1, failed: 1, skipped: 0 });
    const half = daemon({ a: { empty: ['x'] } });
    await createSnapshots(half.incus, places('a'), 'x', choice, listening());
    expect(sent(half, 'snapshots.delete')).toEqual([['a', 'x']]);
  });
});

describe('P04-02: going back', () => {
  it('asks about what is meant, catches it, and goes back on those alone', async () => {
    const told = daemon({
      a: { snapshots: ['x'] },
      b: { snapshots: ['x'], status: 'Stopped' },
      c: {},
      d: { snapshots: ['x'], config: { 'user.anklume.project': 'theirs' } },
    });
    const asked: unknown[] = [];
    const begun: RestorePlace[] = [];
    const report = await restoreSnapshots(
      told.incus,
      places('a', 'b', 'c', 'd'),
      'x',
      {
        ...choice,
        confirm: async (meant) => {
          expect(sent(told, 'snapshots.restore')).toEqual([]);
          asked.push(...meant);
        },
        begin: async (going) => {
          expect(asked).toHaveLength(2);
          begun.push(...going);
          return { fallback: () => undefined, ran: () => undefined };
        },
      },
      listening(),
    );
    expect(asked).toEqual([
      { machine: 'a', snapshot: 'x', madeAt: '2026-01-01T00:00:00Z' },
      { machine: 'b', snapshot: 'x', madeAt: '2026-01-01T00:00:00Z' },
    ]);
    const place = { domain: 'd', project: 'pro', snapshot: 'x' };
    expect(begun).toEqual([
      { ...place, machine: 'a', instance: 'a', ran: true },
      { ...place, machine: 'b', instance: 'b', ran: false },
    ]);
    expect(ends(report)).toEqual(['a restored', 'b restored', 'c skipped', 'd failed']);
    expect(sent(told, 'snapshots.restore')).toEqual([
      ['a', 'x'],
      ['b', 'x'],
    ]);
    expect(sent(told, 'instances.setState')).toEqual([['a', 'start']]);
  });

  it('a second time is no change, and where an earlier run had stopped it the machine starts', async () => {
    const config = { 'user.anklume.restored': 'x@2026-01-01T00:00:00Z' };
    const told = daemon({ a: { snapshots: ['x'], status: 'Stopped', config } });
    const begin = async () => ({ fallback: () => undefined, ran: () => true });
    const report = await restoreSnapshots(
      told.incus,
      places('a'),
      'x',
      { ...choice, begin },
      listening(),
    );
    expect(report).toMatchObject({ changed: 0, unchanged: 1, outcomes: [{ result: 'again' }] });
    expect(sent(told, 'instances.setState')).toEqual([['a', 'start']]);
    const last = told.calls.findLast(([name]) => name === 'instances.patch');
    expect(last?.[2]).toMatchObject({ config });
  });

  it('what fails goes back to its catch, says why, and stops no other', async () => {
    const told = daemon({ a: { snapshots: ['x'] }, b: { snapshots: ['x'] } }, 'a');
    const begin = async () => ({ fallback: () => 'safe', ran: () => undefined });
    const report = await restoreSnapshots(
      told.incus,
      places('a', 'b'),
      'x',
      { ...choice, begin },
      listening(),
    );
    const { outcomes, failed, changed } = report;
    expect([failed, changed]).toEqual([1, 1]);
    expect(outcomes[0]).toEqual({
      ...{ domain: 'd', machine: 'a', snapshot: 'x', result: 'failed' },
      ...{ code: 'full', message: { en: 'full', fr: 'plein' } },
    });
    const back = sent(told, 'snapshots.restore').filter(([machine]) => machine === 'a');
    expect(back.map(([, name]) => name)).toEqual(['x', 'safe']);
  });

  it('where nothing is meant nobody is asked, and nothing is caught', async () => {
    const told = daemon({ a: { empty: ['x'] } });
    const never = () => Promise.reject(new Error('asked'));
    const options = { ...choice, confirm: never, begin: never };
    const report = await restoreSnapshots(told.incus, places('a'), 'x', options, listening());
    expect(report.outcomes).toMatchObject([{ result: 'skipped', code: 'snapshot-incomplete' }]);
  });
});

it('P04-05: removal asks about those that have it, and counts the others as they were', async () => {
  const told = daemon({ a: { snapshots: ['x'] }, b: {} });
  const asked: unknown[] = [];
  const confirm = async (meant: readonly { machine: string }[]) => {
    asked.push(...meant.map(({ machine }) => machine));
  };
  const report = await deleteSnapshots(
    told.incus,
    places('a', 'b', 'gone'),
    'x',
    { ...choice, confirm },
    listening(),
  );
  expect(asked).toEqual(['a']);
  expect(sent(told, 'snapshots.delete')).toEqual([['a', 'x']]);
  expect(report).toMatchObject({ action: 'delete', changed: 0, unchanged: 3, failed: 0 });
});

it('what an interrupted run had not begun is told as that, with one event a machine for the rest', async () => {
  const { incus } = daemon({ a: {} });
  const signal = AbortSignal.abort();
  const late = await createSnapshots(incus, places('a'), 'x', choice, { emit: () => {}, signal });
  expect(late).toMatchObject({
    skipped: 1,
    outcomes: [{ result: 'skipped', code: 'interrupted' }],
  });
  const events: Event[] = [];
  const emit = (event: Event) => void events.push(event);
  await createSnapshots(incus, places('a'), 'x', choice, { ...listening(), emit });
  expect(events).toMatchObject([
    { type: 'step.started', id: 'snapshot:pro/a', domain: 'd', label: { en: 'Snapshot a' } },
    { type: 'step.done', id: 'snapshot:pro/a' },
  ]);
});

describe('the list of snapshots', () => {
  const at = (name: string, created_at: string, expires_at?: string) => ({
    ...{ name, created_at },
    ...(expires_at && { expires_at }),
  });
  const live = {
    ...{ name: 'a', project: 'pro', status: 'Running', config: {} },
    snapshots: [
      at('new', '2026-01-03T00:00:00Z', '0001-01-01T00:00:00Z'),
      at('pre-apply-1', '2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z'),
      at('half', '2026-01-02T00:00:00Z', '9999-12-31T23:59:59Z'),
      at('early', '2026-01-01T12:00:00Z', '1970-01-01T00:00:00Z'),
    ],
  };

  it('is sorted by time, and says what expires, what is ours and what is not whole', async () => {
    const { incus } = toldDaemon({ 'instances.getFull': () => live });
    const told = { domain: 'd', machine: 'a' };
    expect(await listSnapshots(incus, places('a'), listening())).toStrictEqual([
      {
        ...{ ...told, name: 'pre-apply-1', madeAt: '2026-01-01T00:00:00Z' },
        ...{ expiresAt: '2026-02-01T00:00:00Z', safety: true },
      },
      { ...told, name: 'early', madeAt: '2026-01-01T12:00:00Z', safety: false },
      { ...told, name: 'half', madeAt: '2026-01-02T00:00:00Z', unfinished: true, safety: false },
      { ...told, name: 'new', madeAt: '2026-01-03T00:00:00Z', safety: false },
    ]);
  });

  it('asks the daemon once: for one machine, for one project, or for everything', async () => {
    const other = { domain: 'e', machine: 'z', instance: 'z', project: 'home' };
    for (const [meant, call] of [
      [places('a'), ['instances.getFull', 'a']],
      [places('a', 'b'), ['instances.listFull']],
      [[...places('a'), other], ['instances.listFull']],
    ] as const) {
      const { incus, calls } = toldDaemon({
        'instances.getFull': () => live,
        'instances.listFull': () => [live, { ...live, project: 'other' }],
      });
      const found = await listSnapshots(incus, meant, listening());
      expect(found).toHaveLength(4);
      expect(calls).toHaveLength(1);
      expect(calls[0]?.slice(0, call.length)).toEqual(call);
      const { project } = (calls[0]?.at(-1) ?? {}) as { project?: string };
      expect(project).toBe(meant.at(-1) === other ? undefined : 'pro');
    }
    const { incus, calls } = toldDaemon();
    expect(await listSnapshots(incus, [], listening())).toEqual([]);
    expect(calls).toEqual([]);
  });
});
