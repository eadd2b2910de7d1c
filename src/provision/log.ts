import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkWritable, homeFolder, makeFolders } from '../base/system/index.ts';
import type { AnsibleEvent } from './events.ts';

/** Bytes that must be free before a run begins; most logs take less. */
const ROOM = 256 * 1024;

/** Logs that are kept. */
const KEPT = 20;

/** The file that a run of Ansible writes everything to; only its owner can read it. */
export interface Log {
  readonly path: string;
  write(line: string): void;
  /** To the disk; what the system said when not all of it got there. A full disk ends no run of Ansible. */
  close(): Promise<NodeJS.ErrnoException | undefined>;
}

/** Runs of this process so far: two of them can begin in one millisecond. */
let opened = 0;

/** A new log in the home folder; the oldest go. */
export async function openLog(now = new Date()): Promise<Log> {
  const folder = join(homeFolder(), 'logs');
  await makeFolders(folder, 0o700);
  const old = (await readdir(folder)).filter((name) => /^provision-.*\.log$/.test(name)).sort();
  for (const name of old.slice(0, Math.max(0, old.length - KEPT + 1)))
    await rm(join(folder, name), { force: true });
  const moment = now.toISOString().replace(/[:.]/g, '-');
  opened += 1;
  const name = `provision-${moment}-${process.pid}${opened > 1 ? `-${opened}` : ''}.log`;
  const path = join(folder, name);
  await checkWritable(path, ROOM);
  const stream = createWriteStream(path, { mode: 0o600, flags: 'wx' });
  await once(stream, 'open');
  let broken: NodeJS.ErrnoException | undefined;
  const closed = new Promise<void>((resolve) => {
    stream.once('close', resolve);
  });
  stream.on('error', (error) => {
    broken ??= error;
  });
  return {
    path,
    write: (line) => void stream.write(`${line}\n`),
    async close() {
      stream.end();
      await closed;
      return broken;
    },
  };
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
