import { type Incus, isKind } from '../../incus/index.ts';
import { SOCKET } from './devices.ts';
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
export function answersInside(
  incus: Incus,
  place: AdminPlace,
  signal?: AbortSignal,
): Promise<boolean> {
  return succeedsInside(incus, place, ['node', '-e', QUESTION, SOCKET], signal);
}

/** Whether Node is there to run this program. */
export function hasNode(incus: Incus, place: AdminPlace): Promise<boolean> {
  return succeedsInside(incus, place, ['node', '--version']);
}

async function succeedsInside(
  incus: Incus,
  { project, instance }: AdminPlace,
  argv: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  const late = AbortSignal.timeout(LIMIT);
  try {
    const options = { project, signal: signal ? AbortSignal.any([late, signal]) : late };
    return await incus.instances.succeeds(instance, argv, options);
  } catch (error) {
    signal?.throwIfAborted();
    if (late.aborted || isKind(error, 'invalid', 'failed', 'not-found', 'timeout')) return false;
    throw error;
  }
}
