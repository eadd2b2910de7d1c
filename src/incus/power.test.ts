import { describe, expect, it } from 'vitest';
import { IncusError } from './errors.ts';
import { kindOf } from './kinds.ts';
import { changeState, type StateAction, stepsOf } from './power.ts';

const refusal = (untrustedWords: string, kind = kindOf(400, untrustedWords)) =>
  new IncusError({ status: 400, kind, message: { en: 'no', fr: 'non' }, untrustedWords });

/** A daemon that behaves to a frozen instance as Incus 6.0.4 does. */
function daemon(state: string | undefined, quirks: Partial<Record<StateAction, unknown>> = {}) {
  const sent: StateAction[] = [];
  let now = state;
  const next: Record<StateAction, string> = {
    ...{ start: 'Running', restart: 'Running', unfreeze: 'Running' },
    ...{ stop: 'Stopped', freeze: 'Frozen' },
  };
  const calls = {
    status: async () => now,
    settled: async () => {
      sent.push('unfreeze');
    },
    send: async (action: StateAction) => {
      sent.push(action);
      if (quirks[action]) throw quirks[action];
      if (action === 'start' && now !== 'Stopped') throw refusal('The instance is already running');
      if (action === 'restart' && now !== 'Running') throw refusal('Instance is not running');
      if (action === 'stop' && now === 'Stopped') throw refusal('already stopped');
      if (action === 'stop' && now === 'Frozen') throw refusal('context deadline exceeded');
      now = next[action];
    },
  };
  return { sent, calls, now: () => now };
}

const change = async (
  action: StateAction,
  from: string | undefined,
  quirks: Partial<Record<StateAction, unknown>> = {},
  force = false,
) => {
  const { sent, calls, now } = daemon(from, quirks);
  const error = await changeState(calls, action, { name: 'web', force }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { sent, now: now(), error };
};

describe('case 32: every verb from every state', () => {
  it.each<[StateAction, string, StateAction[], string]>([
    ['start', 'Stopped', ['start'], 'Running'],
    ['start', 'Running', ['start'], 'Running'],
    ['start', 'Frozen', ['unfreeze'], 'Running'],
    ['stop', 'Running', ['stop'], 'Stopped'],
    ['stop', 'Stopped', [], 'Stopped'],
    ['stop', 'Frozen', ['unfreeze', 'stop'], 'Stopped'],
    ['restart', 'Running', ['restart'], 'Running'],
    ['restart', 'Stopped', ['start'], 'Running'],
    ['restart', 'Frozen', ['unfreeze', 'restart'], 'Running'],
    ['freeze', 'Running', ['freeze'], 'Frozen'],
    ['freeze', 'Frozen', [], 'Frozen'],
    ['unfreeze', 'Frozen', ['unfreeze'], 'Running'],
  ])('%s of what is %s', async (action, from, sent, now) => {
    expect(await change(action, from)).toEqual({ sent, now, error: undefined });
  });

  it('with force, the daemon ends what is frozen by itself', () => {
    expect(stepsOf('stop', 'Frozen', true)).toEqual(['stop']);
    expect(stepsOf('restart', 'Frozen', true)).toEqual(['restart']);
  });

  it('what is not where it should be afterwards is no success', async () => {
    const { calls } = daemon('Frozen');
    const stays = { ...calls, send: async () => {} };
    await expect(changeState(stays, 'start', { name: 'web', force: false })).rejects.toMatchObject({
      code: 'incus-other-state',
      text: { en: expect.stringContaining("start 'web', and says that it is Frozen now") },
    });
    const broken = daemon('Error', { start: refusal('The instance is already running') });
    await expect(
      changeState(broken.calls, 'start', { name: 'web', force: false }),
    ).rejects.toMatchObject({ code: 'incus-other-state', kind: 'failed' });
  });

  it('a state that passes is waited for', async () => {
    const states = ['Stopping', 'Stopping', 'Stopped', 'Running'];
    const sent: StateAction[] = [];
    const calls = {
      status: async () => (states.length > 1 ? states.shift() : states[0]),
      settled: async () => {},
      send: async (action: StateAction) => void sent.push(action),
    };
    await changeState(calls, 'restart', { name: 'web', force: false });
    expect(sent).toEqual(['start']);
  });

  it('what somebody else works on is looked at again when that has ended', async () => {
    const busy = refusal('Instance is busy running a "stop" operation');
    const { sent, error } = await change('start', 'Stopped', { start: busy });
    expect([sent, error]).toEqual([['start', 'unfreeze', 'start'], busy]);
  });

  it('a guest that stopped a little too late has stopped; one that did not is told', async () => {
    const late = refusal('context deadline exceeded');
    const { sent, calls } = daemon('Running', { stop: late });
    const stopped = {
      ...calls,
      status: async () => (sent.includes('stop') ? 'Stopped' : 'Running'),
    };
    await changeState(stopped, 'stop', { name: 'web', force: false });
    expect((await change('stop', 'Running', { stop: late })).error).toBe(late);
    expect((await change('restart', 'Running', { restart: late })).error).toBe(late);
  });

  it('an ephemeral one that went when it stopped has stopped, and what was never there is not', async () => {
    const gone = daemon('Running');
    const status = async () => (gone.sent.length > 0 ? undefined : 'Running');
    await changeState({ ...gone.calls, status }, 'stop', { name: 'web', force: false });
    const none = refusal('Instance not found', 'not-found');
    expect((await change('start', undefined, { start: none })).error).toBe(none);
    expect((await change('stop', undefined, { stop: none })).error).toBe(none);
  });
});
