import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import { anklume, inSandbox } from '../integration/support.ts';

/** Ends the daemon of the shared sandbox at once, and nothing else in there. */
export async function killDaemon(): Promise<void> {
  const pids = (await inSandbox('pgrep', '-x', 'incusd')).trim().split('\n');
  const proc = inject('proc');
  for (const pid of pids) {
    const words = (await readFile(`${proc}/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (words.includes('--logfile') && words[0]?.endsWith('incusd'))
      await inSandbox('kill', '-9', pid);
  }
}

/** Starts it again, once what it held is free. */
export async function restartDaemon(): Promise<void> {
  await sleep(200);
  const restarted = await anklume(['sandbox', 'start', inject('sandbox')]);
  expect(restarted.code, restarted.stderr).toBe(0);
}
