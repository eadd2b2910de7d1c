import { describe, expect, it } from 'vitest';
import { runsAsHostRoot, startsAsHostRoot } from './users.ts';

const MAP = '[{"Isuid":true,"Isgid":false,"Hostid":1065536,"Nsid":0,"Maprange":65536}]';
const machine = (
  maps: Readonly<Record<string, string>>,
  more: { type?: string; status?: string; expanded?: Readonly<Record<string, string>> } = {},
) => ({
  type: more.type ?? 'container',
  status: more.status ?? 'Running',
  config: Object.fromEntries(
    Object.entries(maps).map(([key, value]) => [`volatile.${key}`, value]),
  ),
  expanded_config: more.expanded ?? {},
});

describe('B06-02: a container that Incus knows no users for', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['as it is made', { 'idmap.next': MAP, 'last_state.idmap': '[]' }, false],
    ['made anew after it ran', { 'idmap.current': MAP }, false],
    ['with what is on its disk alone', { 'last_state.idmap': MAP }, false],
    ['made anew before it ran', { 'idmap.base': '1065536' }, true],
    ['started so', { 'idmap.current': '[]' }, true],
    ['started so, and given some since', { 'idmap.current': '[]', 'idmap.next': MAP }, false],
    ['whose next users are none', { 'idmap.current': MAP, 'idmap.next': '[]' }, true],
    ['with nothing in the key', { 'idmap.next': 'null', 'idmap.current': MAP }, true],
  ])('%s: starts as root of the host: %s', (_, maps, starts) => {
    expect(startsAsHostRoot(machine(maps))).toBe(starts);
  });

  it('is not one that is meant to have none, nor a virtual machine', () => {
    for (const word of ['true', '1', 'Yes', 'ON'])
      expect(
        startsAsHostRoot(machine({}, { expanded: { 'security.privileged': word } })),
        word,
      ).toBe(false);
    expect(startsAsHostRoot(machine({}, { expanded: { 'security.privileged': 'false' } }))).toBe(
      true,
    );
    expect(startsAsHostRoot(machine({}, { type: 'virtual-machine' }))).toBe(false);
  });

  it('runs as root of the host until it is started again, whatever it gets then', () => {
    const maps = { 'idmap.current': '[]', 'idmap.next': MAP };
    expect(runsAsHostRoot(machine(maps))).toBe(true);
    expect(runsAsHostRoot(machine(maps, { status: 'Frozen' }))).toBe(true);
    expect(runsAsHostRoot(machine(maps, { status: 'Stopped' }))).toBe(false);
    expect(runsAsHostRoot(machine({ 'idmap.current': MAP }))).toBe(false);
    // Nothing is said of it: nothing is claimed of it.
    expect(runsAsHostRoot(machine({}))).toBe(false);
  });
});
