import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { AnklumeError } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';

/**
 * Runs `work` with an empty network namespace of the same kernel as a host; the namespace ends with it. It is made
 * here and not within the host's own namespaces: no packet ever moves in it, only the kernel's reading of rules counts.
 */
export async function inScratchSpace<T>(
  host: Host,
  work: (scratch: Host) => Promise<T>,
): Promise<T> {
  // cat stands for the namespace: it answers once it is inside, and ends with its input.
  const keeper = spawn('unshare', ['-n', 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
  keeper.stdin.on('error', () => undefined);
  keeper.stdin.write('\n');
  try {
    await Promise.race([once(keeper.stdout, 'data'), once(keeper, 'close').then(notMade)]);
    const enter = ['nsenter', `--net=${join('/proc', String(keeper.pid), 'ns/net')}`, '--'];
    return await work({ ...host, enter });
  } finally {
    keeper.stdin.end();
  }
}

function notMade(): never {
  throw new AnklumeError({
    code: 'no-scratch-space',
    message: {
      en: `No empty network namespace could be made to try the rules in.`,
      fr: `Aucun espace réseau vide n'a pu être créé pour essayer les règles.`,
    },
    remedy: {
      en: `Run the same command with sudo.`,
      fr: `Relancez la même commande avec sudo.`,
    },
  });
}
