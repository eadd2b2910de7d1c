import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { connect } from '../../incus/index.ts';
import { createNetwork } from './network.ts';
import { Stillness } from './stillness.ts';

const STUMBLED =
  'Failed to delete bridge children interfaces: Failed to run: ip link show veth1: exit status 1 (Device "veth1" does not exist.)';

it('a bridge that stumbles over a card waits for the machines that start, and is made from the beginning', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'anklume-bridge-'));
  const socket = join(folder, 'socket');
  const asked: string[] = [];
  let ended = false;
  // Answers of a real daemon on a real socket: it fails as long as a machine starts.
  const daemon = createServer((request, response) => {
    const what = `${request.method} ${request.url?.split('?')[0]}`;
    if (request.method !== 'GET') asked.push(`${what} ${ended ? 'still' : 'moving'}`);
    const fails = request.method === 'PUT' && !ended;
    response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' });
    const failure = { type: 'error', error: STUMBLED, error_code: 500 };
    response.end(JSON.stringify(fails ? failure : { type: 'sync', metadata: {} }));
  });
  await new Promise<void>((resolve) => daemon.listen(socket, resolve));
  const incus = await connect({ socket });
  try {
    const stillness = new Stillness();
    let end = () => {};
    const start = stillness.moving(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    const made = createNetwork(incus, 'net-a', { config: {} }, { stillness });
    await expect.poll(() => asked.length).toBe(2);
    for (let n = 0; n < 20; n += 1) await turn();
    expect(asked).toHaveLength(2);
    ended = true;
    end();
    await Promise.all([start, made]);
    expect(asked).toEqual([
      'POST /1.0/networks moving',
      'PUT /1.0/networks/net-a moving',
      'DELETE /1.0/networks/net-a still',
      'POST /1.0/networks still',
      'PUT /1.0/networks/net-a still',
    ]);
  } finally {
    await incus.close();
    daemon.closeAllConnections();
    daemon.close();
    await rm(folder, { recursive: true, force: true });
  }
});
