import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { probeImage } from '../../../src/images/index.ts';
import {
  deleteSandbox,
  type Sandbox,
  startSandbox,
  stopSandbox,
} from '../../../src/sandbox/index.ts';
import { uniqueName } from '../support.ts';
import { leftovers, tracesOf } from './world.ts';

let home: string;
let name: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), `anklume-test-${process.pid}-`));
  process.env.ANKLUME_HOME = home;
  name = uniqueName('up-');
});
afterAll(async () => {
  await deleteSandbox(name);
  await rm(home, { recursive: true, force: true });
});

function incus(sandbox: Sandbox, ...args: string[]) {
  return run(['incus', ...args], { env: { INCUS_DIR: sandbox.incusDir } });
}

/** This machine's end of the uplink: the sandbox's default gateway. */
async function gatewayOf(sandbox: Sandbox): Promise<string> {
  const { stdout } = await run([...sandbox.host.enter, 'ip', 'route', 'show', 'default']);
  return /via (\S+)/.exec(stdout)?.[1] ?? '';
}

// Matrix: NE-204
it('a machine reaches this host through the uplink, which can be given to a running sandbox and taken back', async () => {
  const forwarding = await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8');
  const server = createServer((request, answer) =>
    answer.end(`from ${request.socket.remoteAddress}`),
  );
  await new Promise<void>((done) => server.listen(0, () => done()));
  const { port } = server.address() as AddressInfo;
  try {
    const before = await startSandbox(name);
    expect(await gatewayOf(before)).toBe('');
    const sandbox = await startSandbox(name, { uplink: true });
    expect(sandbox.holder).toBe(before.holder);
    await incus(sandbox, 'image', 'import', '--quiet', await probeImage(), '--alias', 'probe');
    await incus(sandbox, 'network', 'create', 'br', 'ipv4.address=10.203.7.1/24', '--quiet');
    await incus(sandbox, 'launch', 'probe', 'one', '-s', 'default', '-n', 'br', '--quiet');
    const gateway = await gatewayOf(sandbox);
    const ask = `until wget -q -O - http://${gateway}:${port}/; do sleep 0.2; done`;
    const answer = await incus(sandbox, 'exec', 'one', '--', 'timeout', '20', 'sh', '-c', ask);
    // Masqueraded: the host sees the inner end of the link, not the machine.
    expect(answer.stdout).toMatch(/^from (::ffff:)?\d+/);
    expect(answer.stdout).not.toContain('10.203.7.');

    expect(await startSandbox(name)).toMatchObject({ uplink: true });
    await stopSandbox(name);
    expect(await gatewayOf(await startSandbox(name))).toBe(gateway);
    const cut = await startSandbox(name, { uplink: false });
    expect(await gatewayOf(cut)).toBe('');
  } finally {
    server.close();
    server.closeAllConnections();
  }
  const traces = await tracesOf(await startSandbox(name, { uplink: true }));
  expect(await leftovers(name, traces)).toContain(`interface ${traces.link}`);
  await stopSandbox(name);
  expect(await leftovers(name, traces)).toEqual([]);
  // Restored by the last sandbox with an uplink: another one on this machine may be at work beside this test.
  const others = (await run(['nft', 'list', 'tables'])).stdout.includes('anklume_sandbox_');
  if (!others) expect(await readFile('/proc/sys/net/ipv4/ip_forward', 'utf8')).toBe(forwarding);
});
