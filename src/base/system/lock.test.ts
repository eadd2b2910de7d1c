import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import type { Event } from '../messages/index.ts';
import { acquireLock } from './lock.ts';

const key = `test:${process.pid}:${Math.random()}`;

it('refuses a second holder and says who the first is', async () => {
  await using _first = await acquireLock(key, { command: 'apply' });
  const refused = acquireLock(key, { command: 'apply' });
  await expect(refused).rejects.toMatchObject({ code: 'locked', exit: 1 });
  await expect(refused).rejects.toThrow(`'apply' (process ${process.pid}, since `);
});

it('lets the waiting one in when the first lets go, and tells once that it waits', async () => {
  const events: Event[] = [];
  const first = await acquireLock(key, { command: 'apply' });
  const second = acquireLock(key, {
    command: 'up',
    wait: true,
    emit: (event) => {
      events.push(event);
      void first.release();
    },
  });
  await using _second = await second;
  expect(events).toMatchObject([{ type: 'note', code: 'lock-wait' }]);
});

it('is free again when its holder was killed', async () => {
  const lockFile = JSON.stringify(new URL('./lock.ts', import.meta.url).href);
  const script = `const { acquireLock } = await import(${lockFile});
    await acquireLock(${JSON.stringify(key)}, { command: 'held' }); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect(acquireLock(key, { command: 'apply' })).rejects.toMatchObject({ code: 'locked' });
  const waiting = acquireLock(key, { command: 'apply', wait: true });
  child.kill('SIGKILL');
  await using _lock = await waiting;
});

it('stops waiting when the person gives up', async () => {
  await using _first = await acquireLock(key, { command: 'apply' });
  const giveUp = new AbortController();
  const waiting = acquireLock(key, {
    command: 'up',
    wait: true,
    signal: giveUp.signal,
    emit: () => giveUp.abort(),
  });
  await expect(waiting).rejects.toThrow();
});
