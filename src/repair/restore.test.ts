import { describe, expect, it } from 'vitest';
import { toldDaemon } from '../../tests/unit/told-daemon.ts';
import type { Event } from '../base/messages/index.ts';
import { IncusError, type Instance } from '../incus/index.ts';
import { finishRestore, type RestoreOptions, restoreSnapshot } from './restore.ts';

const RESTORING = 'user.anklume.restoring';

const refusal = (kind: IncusError['kind']) =>
  new IncusError({ status: 0, kind, message: { en: 'no', fr: 'non' }, untrustedWords: '' });

const machine = (status: string, mark?: string) =>
  ({
    ...{ name: 'mail', project: 'pro', description: 'mine', type: 'container', status },
    config: mark === undefined ? {} : { [RESTORING]: mark },
    expanded_devices: { root: { type: 'disk', path: '/', pool: 'p' } },
  }) as unknown as Instance;

function daemon(failing?: string, whole: Readonly<Record<string, unknown>> = {}) {
  return toldDaemon({
    'snapshots.get': (_machine: string, name: string) => {
      if (name === 'absent') throw refusal('not-found');
      if (name === 'lost') throw refusal('unreachable');
      return { name, ...whole };
    },
    'snapshots.volumes': () => ['s1', 'safe', 'absent', 'cut', 'away'],
    'snapshots.restore': (_machine: string, name: string) => {
      if (name === failing) throw new Error('disk full');
      if (name === 'cut') throw refusal('unknown-outcome');
      if (name === 'away') throw refusal('unreachable');
    },
    'instances.get': () => ({ value: machine('Running') }),
  });
}

/** What changed the machine, in order; all that was asked was asked in its project. */
const done = ({ calls }: ReturnType<typeof daemon>) => {
  for (const call of calls)
    expect([call[0], call.at(-1)]).toEqual([call[0], expect.objectContaining({ project: 'pro' })]);
  return calls
    .filter(([name]) => !/get|volumes/.test(name))
    .map(([name, _machine, what]) => [name, what] as const);
};

const to = (mark: string) => ['instances.patch', { config: { [RESTORING]: mark } }];
const over = ['instances.patch', { config: { [RESTORING]: '' }, description: 'mine' }];
const start = ['instances.setState', 'start'];

describe('P04-02: on the way back to a snapshot', () => {
  it.each<[string, RestoreOptions, string | undefined, string, readonly unknown[]]>([
    ['Running', {}, undefined, 's1', [start]],
    ['Frozen', {}, undefined, 's1', [start]],
    ['Stopped', {}, undefined, 's1/stopped', []],
    ['Stopped', { ran: true }, undefined, 's1', [start]],
    ['Running', { ran: false }, undefined, 's1/stopped', []],
    ['Stopped', {}, 's0', 's1', [start]],
    ['Stopped', {}, 's0/stopped', 's1/stopped', []],
  ])('%s %j %s: the machine is marked with %s', async (status, options, before, mark, more) => {
    const told = daemon();
    await restoreSnapshot(told.incus, machine(status, before), 's1', options);
    const thawed = status === 'Frozen' ? [['instances.setState', 'unfreeze']] : [];
    const back = ['snapshots.restore', 's1'];
    expect(done(told)).toEqual([...thawed, to(mark), back, ...more, over]);
  });

  it('the marks that are wanted stand on it in the end, with the last change', async () => {
    const told = daemon();
    await restoreSnapshot(told.incus, machine('Stopped'), 's1', { marks: { 'user.x': '1' } });
    const config = { 'user.x': '1', [RESTORING]: '' };
    expect(done(told).at(-1)).toEqual(['instances.patch', { config, description: 'mine' }]);
  });

  it('what fails goes back to the snapshot before, as it was, and says why', async () => {
    const told = daemon('s1');
    const options = { fallback: 'safe', marks: { 'user.x': '1' } };
    const failed = restoreSnapshot(told.incus, machine('Running'), 's1', options);
    await expect(failed).rejects.toThrow('disk full');
    expect(done(told)).toEqual([
      ...[to('s1'), ['snapshots.restore', 's1']],
      ...[to('safe'), ['snapshots.restore', 'safe'], start, over],
    ]);
  });

  it('without one before, what fails stays marked', async () => {
    const told = daemon('s1');
    await expect(restoreSnapshot(told.incus, machine('Running'), 's1')).rejects.toThrow();
    expect(done(told)).toEqual([to('s1'), ['snapshots.restore', 's1']]);
  });

  it.each(['cut', 'away'])(
    'where nobody knows whether it is done (%s), nothing else is begun',
    async (name) => {
      const told = daemon();
      const failed = restoreSnapshot(told.incus, machine('Running'), name, { fallback: 'safe' });
      await expect(failed).rejects.toBeInstanceOf(IncusError);
      expect(done(told)).toEqual([to(name), ['snapshots.restore', name]]);
    },
  );

  it('one whose disk is on no pool that is known is asked for its record alone', async () => {
    const told = daemon();
    const bare = { ...machine('Stopped'), expanded_devices: {} };
    await restoreSnapshot(told.incus, bare, 'unlisted');
    expect(told.calls.map(([name]) => name)).not.toContain('snapshots.volumes');
    expect(done(told)).toContainEqual(['snapshots.restore', 'unlisted']);
  });

  it('what is no answer is no reason to say that it is gone', async () => {
    const lost = restoreSnapshot(daemon().incus, machine('Running'), 'lost');
    await expect(lost).rejects.toMatchObject({ kind: 'unreachable' });
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['s1', { expires_at: '9999-12-31T23:59:57Z' }],
    ['gone', {}],
    ['absent', {}],
  ])('%s, which is not whole, touches nothing', async (name, whole) => {
    const told = daemon(undefined, whole);
    const failed = restoreSnapshot(told.incus, machine('Frozen'), name);
    await expect(failed).rejects.toMatchObject({
      code: 'snapshot-incomplete',
      text: { en: expect.stringContaining(name === 'absent' ? 'any more' : 'cut off') },
    });
    expect(done(told)).toEqual([]);
  });
});

describe('B07-02: a restore that was cut off', () => {
  it.each([
    ['Stopped', 's1', [to('s1'), ['snapshots.restore', 's1'], start, over]],
    ['Stopped', 's1/stopped', [to('s1/stopped'), ['snapshots.restore', 's1'], over]],
    ['Running', 's1', [to('')]],
    ['Frozen', 's1/stopped', [to('')]],
    ['Stopped', '', []],
    ['Stopped', undefined, []],
  ])('%s with the mark %s', async (status, mark, expected) => {
    const told = daemon();
    const live = machine(status, mark);
    const events: Event[] = [];
    const now = await finishRestore(told.incus, live, { emit: (event) => void events.push(event) });
    expect(done(told)).toEqual(expected);
    expect(events).toEqual(
      expected.length > 1
        ? [expect.objectContaining({ type: 'note', level: 'info', code: 'restore-finished' })]
        : [],
    );
    expect(now).toEqual(expected.length > 1 ? machine('Running') : live);
  });
});
