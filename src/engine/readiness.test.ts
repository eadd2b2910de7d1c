import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Event } from '../base/messages/index.ts';
import type { Incus, InstanceState } from '../incus/index.ts';
import { type Awaited, holdsAddress, waitForAddresses } from './readiness.ts';

const container: Awaited = {
  name: 'web',
  instance: 'web',
  project: 'pro',
  domain: 'pro',
  type: 'lxc',
  ip: '10.0.0.5',
};
const vm: Awaited = { ...container, name: 'big', instance: 'big', type: 'vm', ip: '10.0.0.6' };

const stateWith = (...held: string[]): InstanceState => ({
  status: 'Running',
  pid: 1,
  network: {
    eth0: {
      addresses: held.map((address) => ({
        family: address.includes(':') ? ('inet6' as const) : ('inet' as const),
        address,
        netmask: '24',
        scope: 'global',
      })),
      hwaddr: '',
      host_name: '',
      type: 'broadcast',
    },
  },
});

/** A recorded stand-in for the two calls that readiness makes. */
function standIn(calls: { state?: () => InstanceState; answers?: () => boolean }): Incus {
  const instances = {
    state: async () => calls.state?.() ?? stateWith('10.0.0.99'),
    answers: async () => calls.answers?.() ?? false,
  };
  return { instances } as unknown as Incus;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function waited(incus: Incus, machine: Awaited, options = {}) {
  const events: Event[] = [];
  const work = waitForAddresses(incus, [machine], { ...options, emit: (e) => events.push(e) });
  await vi.advanceTimersByTimeAsync(300_000);
  const [result] = await work;
  return { result, events };
}

it.each([
  ['a container', container, {}, 60],
  ['a virtual machine', vm, {}, 120],
  ['a container with its own limit', container, { containerSeconds: 7 }, 7],
  ['a virtual machine with its own limit', vm, { vmSeconds: 9 }, 9],
])('P09-03: %s is given up after its limit', async (_, machine, options, seconds) => {
  const { result, events } = await waited(standIn({}), machine, options);
  expect(result?.ready).toBe(false);
  expect(Math.round(result?.seconds ?? 0)).toBe(seconds);
  const types = new Set(events.map((event) => event.type));
  expect([...types].filter((type) => type !== 'step.progress')).toEqual([
    'step.started',
    'step.failed',
  ]);
});

it('P09-04: an agent that refuses at first is asked again, and failures are not fatal', async () => {
  let asked = 0;
  const answers = () => {
    asked += 1;
    if (asked < 4) throw new Error('the agent is not running');
    return asked >= 6;
  };
  const { result, events } = await waited(standIn({ answers }), vm);
  expect(result).toMatchObject({ machine: 'big', ready: true });
  expect(asked).toBe(6);
  // Every failed try is told, and the agent is asked once a second, not more often.
  expect(events.filter(({ type }) => type === 'step.progress')).toHaveLength(5);
  expect(result?.seconds).toBeGreaterThan(5);
});

it('P02-09: a container is ready once it holds its own address and no other', async () => {
  let asked = 0;
  const state = () => stateWith(++asked < 5 ? '10.0.0.99' : '10.0.0.5');
  const { result, events } = await waited(standIn({ state }), container);
  expect(result?.ready).toBe(true);
  expect(asked).toBe(5);
  expect(events.at(-1)?.type).toBe('step.done');
});

it('a container of a domain with IPv6 is given time for that address, and then is as ready as it gets', async () => {
  const both = { ...container, ip6: 'fd00::5' };
  let asked = 0;
  const state = () => (++asked < 5 ? stateWith('10.0.0.5') : stateWith('10.0.0.5', 'fd00::5'));
  const got = await waited(standIn({ state }), both);
  expect(got.result).toMatchObject({ ready: true });
  expect(asked).toBe(5);
  const never = await waited(standIn({ state: () => stateWith('10.0.0.5') }), both);
  expect(never.result).toMatchObject({ ready: true });
  expect(Math.round(never.result?.seconds ?? 0)).toBe(10);
  expect(never.events.at(-1)?.type).toBe('step.done');
});

it('an interrupted wait ends at once', async () => {
  const { result } = await waited(standIn({}), container, { signal: AbortSignal.abort() });
  expect(result).toMatchObject({ ready: false });
  expect(result?.seconds).toBeLessThan(1);
});

it('reads addresses of any interface, and of none', () => {
  expect(holdsAddress(stateWith('10.0.0.5'), '10.0.0.5')).toBe(true);
  expect(holdsAddress({ network: null }, '10.0.0.5')).toBe(false);
  expect(holdsAddress(undefined, '10.0.0.5')).toBe(false);
});
