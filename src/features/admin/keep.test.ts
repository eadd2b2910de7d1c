import { expect, it } from 'vitest';
import type { StreamItem } from '../../incus/index.ts';
import { concerns } from './keep.ts';

const place = { project: 'anklume', instance: 'anklume-instance' };
const event = (action: string, name: string, project?: string): StreamItem => ({
  type: 'lifecycle',
  timestamp: '2026-01-01T00:00:00Z',
  metadata: { action, source: '', name, ...(project !== undefined && { project }) },
});

it.each(['instance-started', 'instance-restarted', 'instance-updated', 'instance-resumed'])(
  'P02b-02: %s of the machine is a reason to look',
  (action) => {
    expect(concerns(event(action, 'anklume-instance', 'anklume'), place)).toBe(true);
  },
);

it('P02b-02: so is a connection that was lost, for nobody told what happened meanwhile', () => {
  expect(concerns({ type: 'gap' }, place)).toBe(true);
});

it('other machines, and what the look itself causes, are none', () => {
  expect(concerns(event('instance-started', 'pro-dev', 'anklume'), place)).toBe(false);
  expect(concerns(event('instance-started', 'anklume-instance', 'other'), place)).toBe(false);
  expect(concerns(event('instance-started', 'anklume-instance'), place)).toBe(false);
  expect(concerns(event('instance-exec', 'anklume-instance', 'anklume'), place)).toBe(false);
});
