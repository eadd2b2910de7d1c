import { expect, it } from 'vitest';
import { afterCreations, emptyDaemon } from '../../tests/integration/engine/sample-daemon.ts';
import { domain, machine, world } from '../../tests/integration/engine/world.ts';
import { computePlan } from './compute-plan.ts';

const proxy = (listen: string) => ({
  web: { type: 'proxy', listen, connect: 'tcp:127.0.0.1:80' },
});
const wanted = (one: string | undefined, two: string | undefined) =>
  world('mine', [
    domain(
      'pro',
      1,
      [one, two].map((listen, at) =>
        machine('pro', `pro-${at}`, `10.199.1.${at + 1}`, listen ? { devices: proxy(listen) } : {}),
      ),
    ),
  ]);
const before = wanted('tcp:0.0.0.0:80', undefined);
const made = afterCreations(emptyDaemon(), computePlan(before, emptyDaemon()));
const live = {
  ...made,
  instances: made.instances.map((one) => ({
    ...one,
    status: 'Running',
    expanded_devices: { ...one.expanded_devices, ...one.devices },
  })),
};
const entry = (desired: typeof before, observed = live) =>
  computePlan(desired, observed).entries.find(({ id }) => id === 'instance:pro/pro-1');

it('a machine waits for the one that gives its address up in the same plan', () => {
  const moved = wanted('tcp:0.0.0.0:81', 'tcp:127.0.0.1:80');
  expect(entry(moved)).toMatchObject({ action: 'update', needs: ['instance:pro/pro-0'] });
});

it('what nobody declares and runs holds its address; stopped it does not', () => {
  const stranger = (status: string) => ({
    ...live,
    instances: live.instances.map((one) =>
      one.name === 'pro-0' ? { ...one, name: 'other', project: 'default', status } : one,
    ),
  });
  const taken = wanted(undefined, 'tcp:10.0.0.1:80');
  expect(entry(taken, stranger('Running'))).toMatchObject({
    action: 'refuse',
    code: 'listen-taken',
    reason: { en: expect.stringContaining('tcp:10.0.0.1:80, where one of instance:default/other') },
  });
  expect(entry(taken, stranger('Stopped'))).toMatchObject({ action: 'update' });
  expect(entry(wanted(undefined, 'tcp:10.0.0.1:81'), stranger('Running'))).toMatchObject({
    action: 'update',
  });
});
