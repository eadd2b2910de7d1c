import { describe, expect, it } from 'vitest';
import { makePaint } from '../../../kit/render/paint.ts';
import type { WallStatus } from '../walls.ts';
import { renderNetworkStatus } from './network-status.ts';

type Domain = WallStatus['domains'][number];

const domain = (name: string, more: Partial<Domain> = {}): Domain => ({
  ...{ name, bridge: `net-${name}`, made: true, covered: false, closed: false, running: false },
  ...more,
});

function shown(
  domains: readonly Domain[],
  state: WallStatus['state'] = 'absent',
  closed: WallStatus['closed'] = [],
  foreign: WallStatus['foreign'] = [],
): string {
  const status: WallStatus = {
    ...{
      state,
      outdated: false,
      suffices: true,
      table: 'anklume',
      domains,
      closed,
      others: [],
      leftOver: [],
    },
    ...{ drops: [], foreign, faults: [] },
  };
  return renderNetworkStatus(status, { t: ({ en }) => en, paint: makePaint(false), width: 80 });
}

describe('network status', () => {
  it('does not call open what does not exist', () => {
    const text = shown([domain('pro', { made: false }), domain('lab', { made: false })]);
    expect(text).toMatch(/pro .*not created yet/);
    expect(text).toContain("Nothing exists yet, so there is nothing to isolate. 'anklume up'");
    expect(text).not.toMatch(/open|no walls stand/);
  });

  it('calls open what exists and is in no rules, beside what does not exist yet', () => {
    const text = shown([domain('pro'), domain('lab', { made: false })]);
    expect(text).toMatch(/pro .*open/);
    expect(text).toMatch(/lab .*not created yet/);
    expect(text).toContain('No isolation rules are loaded, so nothing is isolated');
  });

  it('says walled and closed where rules know it, also before it is made', () => {
    const text = shown([domain('pro', { covered: true, made: false })], 'current');
    expect(text).toMatch(/pro .*active/);
    expect(shown([domain('pro', { closed: true })], 'stale')).toMatch(/pro .*closed/);
  });

  it('does not end well while something of ours is open', () => {
    const bridge = {
      kind: 'bridge',
      reason: 'no-rules',
      infrastructure: 'b',
      name: 'net-x',
    } as const;
    const about = { ...bridge, domain: 'x', machines: ['x/one'], locked: [], running: true };
    const all = [domain('pro', { covered: true })];
    const last = (holds: boolean) =>
      shown(all, 'current', [{ ...about, holds }])
        .split('\n')
        .at(-1);
    expect(last(false)).toContain('marked ✗ above is open');
    expect(last(true)).toBe('The rules in force are the wanted ones.');
  });

  it('does not end well beside what is not ours and may take packets elsewhere', () => {
    const text = { en: 'a program of tcx at net-pro', fr: 'un programme tcx sur net-pro' };
    const found = { code: 'unknown-port', place: 'net-pro', text, remedy: text } as const;
    const lines = shown([domain('pro', { covered: true })], 'current', [], [found]).split('\n');
    expect(lines).toContain('! a program of tcx at net-pro');
    expect(lines.at(-1)).toContain('but they do not cover what is marked ! above');
  });
});
