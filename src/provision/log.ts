import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { homeFolder } from '../system/index.ts';
import type { AnsibleEvent } from './events.ts';

/** Logs that are kept. */
const KEPT = 20;

/** The file that a run of Ansible writes everything to; only its owner can read it. */
export interface Log extends AsyncDisposable {
  readonly path: string;
  write(line: string): void;
}

/** Runs of this process so far: two of them can begin in one millisecond. */
let opened = 0;

/** A new log in the home folder; the oldest go. */
export async function openLog(now = new Date()): Promise<Log> {
  const folder = join(homeFolder(), 'logs');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const old = (await readdir(folder)).filter((name) => /^provision-.*\.log$/.test(name)).sort();
  for (const name of old.slice(0, Math.max(0, old.length - KEPT + 1)))
    await rm(join(folder, name), { force: true });
  const moment = now.toISOString().replace(/[:.]/g, '-');
  opened += 1;
  const name = `provision-${moment}-${process.pid}${opened > 1 ? `-${opened}` : ''}.log`;
  const path = join(folder, name);
  const stream = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  await once(stream, 'open');
  return {
    path,
    write: (line) => stream.write(`${line}\n`),
    [Symbol.asyncDispose]: () => ended(stream),
  };
}

function ended(stream: WriteStream): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.end(resolve);
  });
}

/** The lines of the log for an event; beginnings are not told. */
export function logLines(event: AnsibleEvent, now = new Date()): string[] {
  if (event.event === 'task') return [];
  if (event.event === 'stats') return [];
  const { host, role, task, status, seconds, output } = event;
  const name = role === '' ? task : `${role}: ${task}`;
  const said = output === '' ? [] : output.split('\n').map((line) => `    ${line}`);
  return [`${now.toISOString()} ${host} ${status} ${name} (${seconds.toFixed(1)} s)`, ...said];
}
