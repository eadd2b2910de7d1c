import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toldDaemon } from '../../tests/unit/told-daemon.ts';
import type { Event } from '../base/messages/index.ts';
import { IncusError, type Instance } from '../incus/index.ts';
import { repaired } from './repaired.ts';
import { makeSnapshot, readyMachine, removeSnapshot } from './snapshots.ts';
import { isUnfinished, mayHaveFrozen, UNFINISHED } from './unfinished.ts';
import { clearUnfinished, wholeSnapshots } from './without-volume.ts';

const ref = { project: 'pro', name: 'web' };
const NIC = 'Failed to create the veth interface "vethx": File exists';
const COUNT = "Instance snapshot record count doesn't match instance snapshot volume record count";
const refusal = (untrustedWords: string, kind: IncusError['kind'] = 'failed') =>
  new IncusError({ status: 500, kind, message: { en: 'no', fr: 'non' }, untrustedWords });

const machine = (more: object = {}) => ({
  ...{ ...ref, type: 'container', status: 'Running', config: {}, description: '' },
  expanded_devices: { root: { type: 'disk', path: '/', pool: 'p' } },
  ...more,
});
const snapshot = (name: string, expires_at?: string) => ({
  name,
  ...(expires_at && { expires_at }),
});

/** A daemon with one machine; snapshots that were deleted are listed no longer. */
function daemon(
  snapshots: readonly ReturnType<typeof snapshot>[],
  volumes: readonly string[],
  live: object = machine(),
) {
  const gone = new Set<string>();
  return toldDaemon({
    'instances.get': () => ({ value: live }),
    'instances.list': () => [live],
    'snapshots.list': () => snapshots.filter(({ name }) => !gone.has(name)),
    'snapshots.volumes': () => volumes,
    'snapshots.delete': (_machine: string, name: string) => void gone.add(name),
  });
}
const deleted = ({ calls }: ReturnType<typeof daemon>) =>
  calls.filter(([name]) => name === 'snapshots.delete').map(([, , name]) => name);

/** Work that fails with these words first. */
function failing(...words: readonly (string | Error)[]) {
  const left = [...words];
  const tries = { count: 0 };
  const work = async () => {
    tries.count += 1;
    const next = left.shift();
    if (next !== undefined) throw typeof next === 'string' ? refusal(next) : next;
    return 'done';
  };
  return { work, tries };
}

describe('B07-02: what something killed left in the way', () => {
  let folder: string;
  /** A host whose programs only write down what they were asked. */
  const host = () => ({ enter: [join(folder, 'enter')], proc: '/proc' });
  const asked = () => readFile(join(folder, 'asked'), 'utf8').catch(() => '');
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anklume-repaired-'));
    await writeFile(join(folder, 'enter'), `#!/bin/sh\necho "$@" >>${folder}/asked\n`);
    await chmod(join(folder, 'enter'), 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('what succeeds is done once, and nothing is looked at', async () => {
    const told = daemon([], []);
    const { work, tries } = failing();
    expect(await repaired(told.incus, ref, {}, work)).toBe('done');
    expect([tries.count, told.calls]).toEqual([1, []]);
  });

  it('records without a volume go, and it is tried again', async () => {
    const told = daemon([snapshot('good'), snapshot('empty')], ['good']);
    const events: Event[] = [];
    const { work, tries } = failing(COUNT);
    const repairs = { emit: (event: Event) => void events.push(event) };
    expect(await repaired(told.incus, ref, repairs, work)).toBe('done');
    expect([tries.count, deleted(told)]).toEqual([2, ['empty']]);
    expect(events).toMatchObject([{ type: 'note', level: 'info', code: 'unfinished-snapshot' }]);
  });

  it('interfaces of the host go that are this machine’s and nobody’s who runs', async () => {
    const nic = (host_name?: string) => ({ type: 'nic', ...(host_name && { host_name }) });
    const at = (name: string, status: string, ...nics: object[]) =>
      machine({ name, status, expanded_devices: { ...nics } });
    const told = toldDaemon({
      'instances.list': () => [
        at('web', 'Stopped', nic('mine'), nic('shared'), nic(), { type: 'disk', host_name: 'no' }),
        at('copy', 'Running', nic('shared')),
        at('other', 'Stopped', nic('theirs')),
        machine({ project: 'home', status: 'Stopped', expanded_devices: { a: nic('namesake') } }),
      ],
    });
    const { work } = failing(NIC);
    expect(await repaired(told.incus, ref, { host: host() }, work)).toBe('done');
    expect(await asked()).toBe('ip link delete mine\n');
  });

  it.each<[string, string | Error, object]>([
    ['what nobody knows', 'no space left', {}],
    ['an error of ours', new Error('bug'), {}],
    ['an unknown outcome', refusal(COUNT, 'unknown-outcome'), {}],
    ['no daemon', refusal(NIC, 'unreachable'), {}],
    ['interfaces of another host', NIC, {}],
    ['records that all have volumes', COUNT, {}],
  ])('%s is passed on at once', async (_what, thrown, repairs) => {
    const told = daemon([snapshot('good')], ['good']);
    const { work, tries } = failing(thrown);
    await expect(repaired(told.incus, ref, repairs, work)).rejects.toThrow();
    expect([tries.count, deleted(told)]).toEqual([1, []]);
  });

  it('what is in the way again and again is passed on after four repairs', async () => {
    const told = toldDaemon({
      'instances.get': () => ({ value: machine() }),
      'snapshots.list': () => [snapshot('empty')],
      'snapshots.volumes': () => [],
    });
    const { work, tries } = failing(...Array<string>(5).fill(COUNT));
    await expect(repaired(told.incus, ref, {}, work)).rejects.toMatchObject({ kind: 'failed' });
    expect(tries.count).toBe(5);
    const last = failing(...Array<string>(4).fill(COUNT));
    expect(await repaired(told.incus, ref, {}, last.work)).toBe('done');
  });
});

describe('B07-02: snapshots that were cut off', () => {
  it.each([
    [UNFINISHED.ofRunning, true, true],
    ['9999-12-31T23:59:59+00:00', true, true],
    [UNFINISHED.ofFrozen, true, false],
    [UNFINISHED.removal, true, false],
    ['9999-12-31T23:59:56Z', false, false],
    ['', false, false],
    [undefined, false, false],
  ])('one that expires at %s: %s, frozen for it: %s', (date, unfinished, frozen) => {
    const one = snapshot('x', date) as never;
    expect([isUnfinished(one), mayHaveFrozen(one)]).toEqual([unfinished, frozen]);
  });

  it('those to go back to are whole: with a volume, and not cut off', async () => {
    const all = [snapshot('a'), snapshot('b', UNFINISHED.removal), snapshot('c')];
    expect(
      await wholeSnapshots(daemon(all, ['a', 'b']).incus, machine() as unknown as Instance),
    ).toEqual(['a']);
    const poolless = { ...machine(), expanded_devices: { data: { path: '/data', pool: 'p' } } };
    const told = daemon(all, []);
    expect(await wholeSnapshots(told.incus, poolless as unknown as Instance)).toEqual(['a', 'c']);
    expect(told.calls).toEqual([['snapshots.list', 'web', { project: 'pro' }]]);
  });

  it.each([
    ['Frozen', UNFINISHED.ofRunning, ['web unfreeze']],
    ['Frozen', UNFINISHED.ofFrozen, []],
    ['Running', UNFINISHED.ofRunning, []],
  ])('%s with one of %s: what was frozen for it runs again: %j', async (status, date, expected) => {
    const all = [snapshot('good'), snapshot('half', date)];
    const told = daemon(all, ['good']);
    await clearUnfinished(
      told.incus,
      machine({ status }) as unknown as Instance,
      all as never,
      undefined,
    );
    expect(deleted(told)).toEqual(['half']);
    const states = told.calls.filter(([name]) => name === 'instances.setState');
    expect(states.map(([, name, verb]) => `${name} ${verb}`)).toEqual(expected);
    for (const call of told.calls) expect(call.at(-1)).toEqual({ project: 'pro' });
  });

  it('a deletion that the daemon refuses for reasons of its own is passed on', async () => {
    const told = toldDaemon({
      'snapshots.delete': () => {
        throw refusal('no', 'forbidden');
      },
    });
    const half = [snapshot('half', UNFINISHED.removal)];
    const clearing = clearUnfinished(
      told.incus,
      machine() as unknown as Instance,
      half as never,
      undefined,
    );
    await expect(clearing).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('a machine with nothing half-done is looked at once', async () => {
    const told = daemon([snapshot('good')], ['good']);
    expect(await readyMachine(told.incus, ref, {})).toEqual(machine());
    expect(told.calls.map(([name]) => name)).toEqual(['instances.get', 'snapshots.list']);
  });

  it.each([
    ['a snapshot', machine(), UNFINISHED.removal],
    ['a restore', machine({ config: { 'user.anklume.restoring': 's1' } }), undefined],
  ])(
    '%s that was cut off is ended first, once the daemon has settled',
    async (_what, live, date) => {
      const told = daemon([snapshot('x', date)], ['x'], live);
      await readyMachine(told.incus, ref, {});
      const names = told.calls.map(([name]) => name);
      expect(names.indexOf('operations.settled')).toBe(2);
      expect(deleted(told)).toEqual(date ? ['x'] : []);
      expect(names.includes('instances.patch')).toBe(date === undefined);
    },
  );

  it.each([
    ['Running', UNFINISHED.ofRunning],
    ['Frozen', UNFINISHED.ofFrozen],
  ])(
    'a new one of a machine that is %s says that it is not whole until it is',
    async (status, expiresAt) => {
      const told = daemon([], [], machine({ status }));
      await makeSnapshot(told.incus, ref, 'new', {});
      expect(told.calls.slice(2)).toEqual([
        ['snapshots.create', 'web', 'new', { project: 'pro', expiresAt }],
        ['snapshots.setExpiry', 'web', 'new', { project: 'pro' }],
      ]);
    },
  );

  it('one that is to go says so first; what is not there is no error', async () => {
    const told = daemon([], []);
    await removeSnapshot(told.incus, ref, 'old', {});
    expect(told.calls).toEqual([
      ['snapshots.setExpiry', 'web', 'old', { project: 'pro', expiresAt: UNFINISHED.removal }],
      ['snapshots.delete', 'web', 'old', { project: 'pro' }],
    ]);
    const throwing = (kind: IncusError['kind']) =>
      toldDaemon({
        'snapshots.setExpiry': () => {
          throw refusal('', kind);
        },
      }).incus;
    expect(await removeSnapshot(throwing('not-found'), ref, 'old', {})).toBe(false);
    await expect(removeSnapshot(throwing('failed'), ref, 'old', {})).rejects.toMatchObject({
      kind: 'failed',
    });
  });
});
