import { expect, it } from 'vitest';
import type { Place } from './find.ts';
import { powerPlan } from './power.ts';

const place = (machine: string): Place => ({
  domain: 'pro',
  machine,
  instance: machine,
  project: 'pro',
  protected: false,
});
const live = [
  { name: 'up', project: 'pro', status: 'Running' },
  { name: 'down', project: 'pro', status: 'Stopped' },
  { name: 'ice', project: 'pro', status: 'Frozen' },
  // The same name in another project is another machine.
  { name: 'gone', project: 'home', status: 'Running' },
];
const places = ['up', 'down', 'ice', 'gone'].map(place);
const todo = (action: 'start' | 'stop' | 'restart') =>
  powerPlan(places, live, action).map((one) => one.todo);

it('start: what runs is left alone', () => {
  expect(todo('start')).toEqual(['none', 'start', 'start', 'absent']);
});
it('stop: what is stopped is left alone', () => {
  expect(todo('stop')).toEqual(['stop', 'none', 'stop', 'absent']);
});
it('restart: what is stopped is started', () => {
  expect(todo('restart')).toEqual(['restart', 'start', 'restart', 'absent']);
});
