import { type Incus, isKind } from '../incus/index.ts';
import { HOME, SOCKET } from './devices.ts';
import type { AdminPlace } from './place.ts';

/** Milliseconds for one question to the machine. */
const LIMIT = 30_000;

/** Ends with 0 when a daemon answers on the socket that is named by the first argument. */
const QUESTION = `const { get } = require('node:http');
const end = () => process.exit(1);
setTimeout(end, 20000);
get({ socketPath: process.argv[1], path: '/1.0' }, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on('error', end);`;

/** Whether the daemon answers inside, through the proxy. False too where the machine does not run. */
export async function answersInside(
  incus: Incus,
  place: AdminPlace,
  signal?: AbortSignal,
): Promise<boolean> {
  return (await runInside(incus, place, ['node', '-e', QUESTION, SOCKET], signal)) === 0;
}

/** Whether Node is there to run this program. */
export async function hasNode(incus: Incus, place: AdminPlace): Promise<boolean> {
  return (await runInside(incus, place, ['node', '--version'])) === 0;
}

async function runInside(
  incus: Incus,
  { project, instance }: AdminPlace,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<number | undefined> {
  const late = AbortSignal.timeout(LIMIT);
  try {
    const options = {
      project,
      env: { HOME },
      longestOutput: 64 * 1024,
      signal: signal ? AbortSignal.any([late, signal]) : late,
    };
    return (await incus.instances.exec(instance, argv, options)).code;
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted || isKind(error, 'invalid', 'failed', 'not-found', 'timeout'))
      return undefined;
    throw error;
  }
}
