import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import { anklume, inSandbox } from './support.ts';

/** A daemon that died in the file before takes no other one with it, and what it said last is told. */
beforeAll(async () => {
  if (await answers()) return;
  const log = join(inject('home'), 'sandboxes', inject('sandbox'), 'incusd.log');
  const last = (await readFile(log, 'utf8').catch(() => '')).split('\n').slice(-60);
  console.error(`the daemon of the tests is away; its last words:\n${last.join('\n')}`);
  await anklume(['sandbox', 'start', inject('sandbox')]);
});

function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(inject('socket'));
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('close', () => socket.destroy());
    socket.on('connect', () => socket.end());
  });
}

/** Rules that a file leaves would be those of another infrastructure to the next one. */
afterAll(async () => {
  const tables = (await inSandbox('nft', 'list', 'tables')).split('\n');
  for (const table of tables.filter((one) => / anklume\S*$/.test(one)))
    await inSandbox('nft', 'delete', ...table.split(' '));
});
