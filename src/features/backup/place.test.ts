import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Call, toldDaemon } from '../../../tests/unit/told-daemon.ts';
import { notesOn } from './note.ts';
import { placeInstance } from './place.ts';
import { recoverRestore } from './recover.ts';

/** A daemon with one project, whose config is what was last written there, and one machine. */
function daemon(status: string) {
  let config: Record<string, string> = {};
  const machine = { name: 'mail', project: 'pro', config: {}, devices: {} };
  const notes = () => notesOn({ name: 'pro', description: '', config, used_by: [] });
  const known: unknown[] = [];
  const { incus, calls } = toldDaemon({
    'projects.get': () => ({ value: { name: 'pro', description: '', config }, etag: 'e' }),
    'projects.update': (_name: string, put: { config: Record<string, string> }) => {
      config = put.config;
    },
    'instances.get': (name: string) => ({ value: { ...machine, name, status }, etag: 'e' }),
    'instances.list': () => [machine],
    'instances.setState': () => known.push(...notes().map(({ replaces }) => replaces)),
  });
  return { incus, calls, notes, known };
}

const states = (calls: readonly Call[]) =>
  calls.filter(([name]) => name === 'instances.setState').map(([, name, verb]) => [name, verb]);

describe('B07-03: a machine that is replaced', () => {
  it.each([
    ['Running', 'running'],
    ['Frozen', 'running'],
    ['Stopped', 'stopped'],
  ])('%s: its project knows how it was when it is touched', async (status, replaces) => {
    const { incus, calls, notes, known } = daemon(status);
    const place = { project: 'pro', name: 'mail', newcomer: false, volumes: new Map() };
    await placeInstance(incus, () => Readable.from([]), { ...place, replace: true });
    expect(states(calls)[0]).toEqual(['mail', 'stop']);
    expect(known[0]).toBe(replaces);
    const renamed = calls.filter(([name]) => name === 'instances.rename');
    expect(renamed.map(([, from, to]) => [from, to])).toEqual([
      ['mail', expect.stringMatching(/^Anklume-Replaced-[0-9a-f]{32}$/)],
      [expect.stringMatching(/^Anklume-Restore-[0-9a-f]{32}$/), 'mail'],
    ]);
    expect(notes()).toEqual([]);
  });

  it.each([
    ['running', [['mail', 'start']]],
    ['stopped', []],
    [undefined, []],
  ] as const)('a cut-off restore that noted %s starts what ran', async (replaces, expected) => {
    const { incus, calls } = daemon('Stopped');
    const note = { project: 'pro', name: 'mail', kind: 'instance', token: 'a'.repeat(32) } as const;
    await recoverRestore(incus, replaces ? { ...note, replaces } : note);
    expect(states(calls).filter(([, verb]) => verb === 'start')).toEqual(expected);
  });
});
