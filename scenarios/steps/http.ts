import type { Instance } from './place.ts';
import type { ScenarioWorld } from './world.ts';

/** The request is sent by the machine's own `nc`: the `wget` of a static busybox does not survive name services. */
const SEND = 'printf "%s" "$1" | nc -w 2 "$2" "$3"';

/** The body that a machine gets when it asks another for a page; undefined when no answer comes. */
export async function fetchFrom(
  { outside }: ScenarioWorld,
  sender: Pick<Instance, 'name' | 'project'>,
  {
    address,
    port,
    path = '/',
    body,
  }: { address: string; port: number; path?: string; body?: string },
): Promise<string | undefined> {
  const head = [`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.0`, `Host: ${address}`];
  if (body !== undefined)
    head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  const request = `${head.join('\r\n')}\r\n\r\n${body ?? ''}`;
  const { stdout } = await outside.inMachine(
    ...[sender, 'sh', '-c', SEND, 'sh', request, address, String(port)],
  );
  const [first = '', ...rest] = stdout.split(/\r?\n\r?\n/);
  return /^HTTP\/1\.\d 200/.test(first) ? rest.join('\n\n').trim() : undefined;
}
