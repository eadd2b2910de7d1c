import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateSocket } from './locate.ts';
import { unreachable } from './unreachable.ts';

const folder = mkdtempSync(join(tmpdir(), 'locate-'));
const socket = join(folder, 'unix.socket');
const dead = join(folder, 'dead.socket');
const server = createServer((connection) => connection.end());

/** A socket file that nobody listens on, as a killed daemon leaves it. */
async function leaveDeadSocket(): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  try {
    execFileSync(process.execPath, ['-e', script, dead], { stdio: 'ignore' });
  } catch {
    // It killed itself, as meant.
  }
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  await leaveDeadSocket();
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

describe('locateSocket', () => {
  it('takes the option, then INCUS_SOCKET, then INCUS_DIR, then the usual places', async () => {
    const nowhere = join(folder, 'none');
    expect(await locateSocket({ INCUS_SOCKET: nowhere }, socket)).toBe(socket);
    expect(await locateSocket({ INCUS_SOCKET: socket, INCUS_DIR: nowhere })).toBe(socket);
    expect(await locateSocket({ INCUS_DIR: folder })).toBe(socket);
    expect(await locateSocket({}, undefined, [nowhere, socket])).toBe(socket);
  });

  it('explains an absent socket with exit 4, naming the first usual place', async () => {
    const missing = locateSocket({}, undefined, [join(folder, 'a'), join(folder, 'b')]);
    await expect(missing).rejects.toMatchObject({
      code: 'incus-missing',
      exit: 4,
      message: expect.stringContaining(join(folder, 'a')),
    });
  });

  it('explains a socket that nobody listens on', async () => {
    await expect(locateSocket({}, dead)).rejects.toMatchObject({
      code: 'incus-not-running',
      exit: 4,
    });
    await expect(
      locateSocket({}, undefined, [join(folder, 'a'), dead, socket]),
    ).rejects.toMatchObject({ code: 'incus-not-running' });
  });
});

describe('unreachable', () => {
  it('tells a socket that may not be opened from one that is absent', () => {
    const doing = { en: 'read it', fr: 'le lire' };
    const denied = unreachable('unix:/x', doing, Object.assign(new Error(), { code: 'EACCES' }));
    expect(denied).toMatchObject({ code: 'incus-denied', exit: 4 });
    expect(denied.remedy?.en).toContain('incus-admin');
  });
});
