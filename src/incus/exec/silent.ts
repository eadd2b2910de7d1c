import { at } from '../exchange.ts';
import type { ProjectOptions } from '../options.ts';
import type { Transport } from '../transport.ts';
import { doing } from '../words.ts';

/**
 * Whether a command ends with 0, without streams: Incus 6.0.4 ends with a nil pointer when a stream of a command is
 * opened at the very moment at which the command fails, and a machine that boots is asked many times.
 */
export async function commandSucceeds(
  transport: Transport,
  name: string,
  command: readonly string[],
  { project, signal }: ProjectOptions,
): Promise<boolean> {
  const operation = await transport.run({
    method: 'POST',
    path: at`/1.0/instances/${name}/exec`,
    query: { project },
    body: { command, 'wait-for-websocket': false, interactive: false },
    doing: doing('run a command in', 'instance', name),
    ...(signal && { signal }),
  });
  return operation?.metadata?.return === 0;
}
