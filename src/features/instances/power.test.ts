import { expect, it } from 'vitest';
import type { Place } from './find.ts';
import { arrivedLate, powerPlan } from './power.ts';

const place = (machine: string): Place => ({
  domain: 'pro',
  machine,
  instance: machine,
  project: 'pro',
  protected: false,
});
const nic = (hwaddr: string) => ({ eth0: { type: 'nic', network: 'net-pro', hwaddr } });
const live = [
  { name: 'up', project: 'pro', status: 'Running', expanded_devices: nic('02:00:00:00:00:01') },
  { name: 'down', project: 'pro', status: 'Stopped', expanded_devices: nic('02:00:00:00:00:02') },
  { name: 'ice', project: 'pro', status: 'Frozen', expanded_devices: nic('02:00:00:00:00:03') },
  // The same name in another project is another machine.
  { name: 'gone', project: 'home', status: 'Running', expanded_devices: nic('02:00:00:00:00:04') },
];
const places = ['up', 'down', 'ice', 'gone'].map(place);
const todo = (action: 'start' | 'stop' | 'restart') =>
  powerPlan(places, live, action).map((one) => one.todo);

it('start: what runs is left alone', () => {
  expect(todo('start')).toEqual(['none', 'start', 'start', 'absent']);
});
it('start: a virtual machine whose agent answers runs', () => {
  const ready = [{ name: 'up', project: 'pro', status: 'Ready', expanded_devices: {} }];
  expect(powerPlan([place('up')], ready, 'start')).toMatchObject([{ todo: 'none' }]);
});
it('case 32: what is frozen is told, whatever is asked for', () => {
  for (const action of ['start', 'stop', 'restart'] as const)
    expect(powerPlan([place('ice')], live, action)).toEqual([
      { place: place('ice'), todo: action, frozen: true },
    ]);
});
it('stop: what is stopped is left alone', () => {
  expect(todo('stop')).toEqual(['stop', 'none', 'stop', 'absent']);
});
it('stop of all: what does not exist does not run; a start of all still tells it', () => {
  const all = (action: 'start' | 'stop') =>
    powerPlan([place('gone')], live, action, { ofAll: true }).map((one) => one.todo);
  expect([all('stop'), all('start')]).toEqual([['none'], ['absent']]);
});
it('restart: what is stopped is started', () => {
  expect(todo('restart')).toEqual(['restart', 'start', 'restart', 'absent']);
});
it('what could not be started beside a copy of it is not stopped', () => {
  const copy = { name: 'copy', project: 'home', status: 'Stopped' };
  const beside = [...live, { ...copy, expanded_devices: nic('02:00:00:00:00:01') }];
  const plan = (action: 'start' | 'stop' | 'restart') =>
    powerPlan(places.slice(0, 2), beside, action).map((one) => [one.todo, one.blockedBy?.[0]]);
  expect(plan('restart')).toEqual([
    ['blocked', 'home/copy'],
    ['start', undefined],
  ]);
  expect(plan('stop')).toEqual([
    ['stop', undefined],
    ['none', undefined],
  ]);
});

it('stop: one that has stopped meanwhile has not failed', () => {
  const message = { en: 'too slow', fr: 'trop lente' };
  const failed = (machine: string, action: 'start' | 'stop') =>
    ({ place: place(machine), todo: action, result: 'failed', message }) as const;
  const late = arrivedLate(
    [failed('down', 'stop'), failed('up', 'stop'), failed('down', 'start')],
    live,
  );
  expect(late.map(({ result }) => result)).toEqual(['done', 'failed', 'failed']);
  expect(late[0]).not.toHaveProperty('message');
});
