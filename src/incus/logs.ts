import { at } from './exchange.ts';
import type { ProjectOptions } from './options.ts';
import type { Transport } from './transport.ts';
import { doing } from './words.ts';

/** Bytes of a log that are kept: its end. The daemon's own buffer of a console holds less. */
const LONGEST = 4 * 1024 * 1024;

/** What a container wrote on its console, as far as the daemon remembers; a virtual machine's since it started. */
export function readConsole(
  transport: Transport,
  name: string,
  options: ProjectOptions,
): Promise<string> {
  return readTail(transport, at`/1.0/instances/${name}/console`, name, options);
}

/** What the daemon wrote down when it started the instance: why it did not start stands there. Empty without one. */
export async function readStartLog(
  transport: Transport,
  name: string,
  { project, ...options }: ProjectOptions,
): Promise<string> {
  const paths = await transport.list<string>({
    ...options,
    method: 'GET',
    path: at`/1.0/instances/${name}/logs`,
    query: { project },
    doing: doing('read', 'log', name),
  });
  const files = paths.map((path) => path.split('?')[0]?.split('/').at(-1) ?? '');
  const file = ['lxc.log', 'qemu.log'].find((one) => files.includes(one));
  if (file === undefined) return '';
  return readTail(transport, at`/1.0/instances/${name}/logs/${file}`, name, {
    ...(project !== undefined && { project }),
    ...options,
  });
}

async function readTail(
  transport: Transport,
  path: string,
  name: string,
  { project, ...options }: ProjectOptions,
): Promise<string> {
  const { body } = await transport.raw({
    ...options,
    method: 'GET',
    path,
    query: { project },
    doing: doing('read', 'log', name),
  });
  let kept = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    kept = Buffer.concat([kept, chunk]);
    if (kept.length > 2 * LONGEST) kept = kept.subarray(-LONGEST);
  }
  return kept.subarray(-LONGEST).toString('utf8');
}
