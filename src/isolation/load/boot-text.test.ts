import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { type Desired, MARK } from '../../world/tree/index.ts';
import { allowedFlows } from '../model/flows.ts';
import { markedWorld } from '../model/marked.ts';
import { renderRuleset } from '../rules/ruleset.ts';
import { bootText, otherBridgesIn, ownersIn } from './boot-text.ts';
import { membersIn, ownerChain, renamed, tablesOf } from './tables.ts';

const world = (projectName: string, second: number, ...domains: string[]): Desired => ({
  ...desiredWorld(
    second,
    domains.map((name) => ({ name, machines: [`${name}-1`] })),
  ),
  projectName,
});
const [home, other] = [world('home', 61, 'pro', 'lab'), world('other', 62, 'web')];
const marked = (...worlds: readonly Desired[]) =>
  markedWorld({
    networks: worlds.flatMap(({ projectName, domains }) =>
      domains.map(({ name, network }) => ({
        name: network.name,
        type: 'bridge',
        managed: true,
        config: {
          'ipv4.address': `${network.gateway}/24`,
          [MARK.project]: projectName,
          [MARK.domain]: name,
        },
      })),
    ),
    instances: [],
  });
const own = (desired: Desired, table: string) => ({
  own: { table, text: renamed(renderRuleset(allowedFlows(desired)), 'anklume', table) },
  projectName: desired.projectName,
});
const none = new Map<string, string>();
const both = marked(home, other);

describe('the rules of the next boot', () => {
  const first = bootText({ ...own(home, 'anklume'), present: '', loaded: none, marked: both });

  it('B06-08: are those of one infrastructure, and what is in no rules is closed', () => {
    expect(tablesOf(first).sort()).toEqual(['anklume', 'anklume-closed']);
    expect(membersIn(first, 'bridges').sort()).toEqual(['net-lab', 'net-pro', 'net-web']);
    expect(ownersIn(first)).toEqual(
      new Map([
        ['anklume', ownerChain('home')],
        ['anklume-closed', undefined],
      ]),
    );
  });

  it('B06-06: those of others stay as they were written, in whatever order they are deployed', () => {
    const second = bootText({
      ...own(other, 'anklume-other'),
      present: first,
      loaded: none,
      marked: both,
    });
    expect(
      tablesOf(second)
        .filter((name) => name !== 'anklume-closed')
        .sort(),
    ).toEqual(['anklume', 'anklume-other']);
    expect(second).not.toContain('table inet anklume-closed {');
    expect([...otherBridgesIn(second, 'anklume-other')].sort()).toEqual(['net-lab', 'net-pro']);
    const again = { present: second, loaded: none, marked: both };
    expect(bootText({ ...own(home, 'anklume'), ...again })).not.toBe('');
    expect(bootText({ ...own(other, 'anklume-other'), ...again })).toBe(second);
    const less = world('home', 61, 'pro');
    const third = bootText({
      ...own(less, 'anklume'),
      ...again,
      declared: { projectName: 'home', bridges: new Set(['net-pro']), machines: new Set() },
    });
    const section = (text: string) => /^table inet anklume-other \{[\s\S]*?^\}$/m.exec(text)?.[0];
    expect(section(third)).toBe(section(second));
    expect(third).toContain('table inet anklume-closed {');
  });

  it('what others have loaded and never written comes in as it is', () => {
    const { own: theirs } = own(other, 'anklume-other');
    const listed = theirs.text.slice(theirs.text.indexOf('table inet anklume-other {'));
    const text = bootText({
      ...own(home, 'anklume'),
      present: '',
      loaded: new Map([['anklume-other', listed]]),
      marked: both,
    });
    expect(text).toContain(listed.trim());
    expect(text).not.toContain('table inet anklume-closed {');
  });

  it('go with their infrastructure, and are empty when nothing is left', () => {
    const present = bootText({
      ...own(other, 'anklume-other'),
      present: first,
      loaded: none,
      marked: both,
    });
    const gone = bootText({ projectName: 'home', present, loaded: none, marked: marked(other) });
    expect(ownersIn(gone)).toEqual(new Map([['anklume-other', ownerChain('other')]]));
    expect(bootText({ projectName: 'other', present: gone, loaded: none, marked: marked() })).toBe(
      '',
    );
    const kept = { own: 'as-written', projectName: 'home', present, loaded: none } as const;
    expect(membersIn(bootText({ ...kept, marked: both }), 'bridges').sort()).toEqual([
      'net-lab',
      'net-pro',
      'net-web',
    ]);
    // A network that is about to be made is closed until its rules are deployed.
    const coming = bootText({ ...kept, marked: marked(home, other, world('home', 63, 'new')) });
    expect(coming).toMatch(/table inet anklume-closed \{[\s\S]*"net-new"/);
  });
});
