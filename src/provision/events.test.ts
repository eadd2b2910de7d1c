import { expect, it } from 'vitest';
import { parseEvent } from './events.ts';

const result = {
  event: 'result',
  host: 'dev',
  task: 'Install it',
  role: 'web',
  status: 'changed',
  seconds: 1.5,
  message: '',
  output: '',
};
const counts = { ok: 3, changed: 1, failures: 0, unreachable: 0, skipped: 2 };

it.each([
  { event: 'task', host: 'dev', task: 'Install it', role: '' },
  result,
  { event: 'stats', hosts: { dev: counts } },
])('understands $event', (event) => {
  expect(parseEvent(JSON.stringify(event))).toEqual(event);
});

it.each([
  ['words', 'PLAY [Give machines their roles] ***'],
  ['nothing', ''],
  ['half a line', '{"event":"task","host":'],
  ['another object', '{"event":"reboot","host":"dev"}'],
  ['no object', 'null'],
  ['an unknown status', JSON.stringify({ ...result, status: 'fine' })],
  ['a negative count', JSON.stringify({ event: 'stats', hosts: { dev: { ...counts, ok: -1 } } })],
  ['a broken count', JSON.stringify({ event: 'stats', hosts: { dev: { ...counts, ok: 0.5 } } })],
])('takes %s for output alone', (_, line) => {
  expect(parseEvent(line)).toBeUndefined();
});
