import { describe, expect, it } from 'vitest';
import { domain, machine, world } from '../../../tests/integration/engine/world.ts';
import type { DaemonEvent, StreamItem } from '../../incus/index.ts';
import { bunched, worldEvent } from './watch.ts';

const desired = world('mine', [
  domain('pro', 1, [machine('pro', 'web', '10.199.1.1', { instance: '001-web' })]),
]);
const event = (action: string, source: string): DaemonEvent => ({
  type: 'lifecycle',
  timestamp: '2026-11-22T10:00:00Z',
  metadata: { action, source },
});
const seen = (action: string, source: string) => worldEvent(desired, event(action, source));

describe('what the daemon says', () => {
  it('is told with the names of infra.yml', () => {
    expect(seen('instance-started', '/1.0/instances/001-web?project=pro')).toEqual({
      time: '2026-11-22T10:00:00Z',
      kind: 'instance',
      action: 'started',
      domain: 'pro',
      machine: 'web',
    });
    expect(seen('network-updated', '/1.0/networks/net-pro')).toMatchObject({ domain: 'pro' });
    expect(seen('instance-created', '/1.0/instances/disp-1?project=pro')).toMatchObject({
      machine: 'disp-1',
    });
  });

  it.each([
    ['instance-started', '/1.0/instances/001-web'],
    ['instance-started', '/1.0/instances/001-web?project=other'],
    ['network-updated', '/1.0/networks/net-other'],
    ['instance-exec', '/1.0/instances/001-web?project=pro'],
    ['instance-\u001b[2J', '/1.0/instances/001-web?project=pro'],
    ['image-created', '/1.0/images/f00d'],
    ['instance-started', 'http://[broken'],
    ['instance-started', '/1.0/instances/%ff?project=pro'],
  ])('of others, of no interest or damaged, it is nothing: %s %s', (action, source) => {
    expect(seen(action, source)).toBeUndefined();
  });
});

it('events that come together are one bunch, and none is lost', async () => {
  let go = () => {};
  const wait = new Promise<void>((resolve) => {
    go = resolve;
  });
  async function* stream(): AsyncGenerator<StreamItem> {
    yield event('a', '');
    yield event('b', '');
    await wait;
    yield { type: 'gap' };
  }
  const sizes: number[] = [];
  for await (const bunch of bunched(stream(), { quiet: 20 })) {
    sizes.push(bunch.length);
    go();
  }
  expect(sizes).toEqual([2, 1]);
});
