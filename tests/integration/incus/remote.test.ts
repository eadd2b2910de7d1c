import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connect } from '../../../src/incus/index.ts';
import { incusCli } from '../support.ts';
import { forwardInside, makeCertificate } from './inside.ts';
import { runningProbe } from './world.ts';

/** Only inside the sandbox's own network namespace, so that it is free. */
const PORT = 18443;

let folder: string;
let forward: Awaited<ReturnType<typeof forwardInside>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remote-'));
  await incusCli('config', 'set', 'core.https_address', `127.0.0.1:${PORT}`);
  forward = await forwardInside(PORT);
});

afterAll(async () => {
  await forward[Symbol.asyncDispose]();
  await incusCli('config', 'unset', 'core.https_address');
  await rm(folder, { recursive: true });
});

/** A folder as the `incus` client keeps it, with one remote of the name `lab`. */
async function clientFolder(
  name: string,
  serverCertificate: string | undefined,
): Promise<{ configDir: string; certificate: string }> {
  const configDir = join(folder, name);
  await mkdir(join(configDir, 'servercerts'), { recursive: true });
  const { certificate } = await makeCertificate(configDir, 'client', 'clientAuth');
  await writeFile(
    join(configDir, 'config.yml'),
    `remotes: {lab: {addr: 'https://127.0.0.1:${forward.port}', protocol: incus}}\n`,
  );
  if (serverCertificate) await cp(serverCertificate, join(configDir, 'servercerts', 'lab.crt'));
  return { configDir, certificate };
}

const serverCertificate = () => join(inject('incusDir'), 'server.crt');

it('reads, writes and runs commands over HTTPS with the certificate of the incus client', async () => {
  const { configDir, certificate } = await clientFolder('trusted', serverCertificate());
  await incusCli('config', 'trust', 'add-certificate', certificate, '--name', 'trusted');
  const incus = await connect({ remote: 'lab', configDir });
  expect(incus.where).toBe(`https://127.0.0.1:${forward.port}`);
  expect((await incus.server()).auth).toBe('trusted');
  await using machine = await runningProbe(incus);
  const ran = await incus.instances.exec(machine.name, ['cat'], { stdin: 'through TLS' });
  expect(ran).toEqual({ code: 0, stdout: 'through TLS', stderr: '' });
  await incus.instances.writeFile(machine.name, '/tmp/x', 'far');
  expect(await incusCli('file', 'pull', `${machine.name}/tmp/x`, '-')).toBe('far');
  await incus.close();
});

it('a client that the daemon does not know is told so', async () => {
  const { configDir } = await clientFolder('unknown', serverCertificate());
  await expect(connect({ remote: 'lab', configDir })).rejects.toMatchObject({
    code: 'incus-untrusted',
    exit: 4,
    remedy: { en: expect.stringContaining('incus config trust add') },
  });
});

it('a server with another certificate than the accepted one gets no word of ours', async () => {
  const other = await makeCertificate(folder, 'other', 'serverAuth');
  for (const pinned of [other.certificate, undefined]) {
    const { configDir } = await clientFolder(`changed-${pinned ? 1 : 2}`, pinned);
    await expect(connect({ remote: 'lab', configDir })).rejects.toMatchObject({
      code: 'incus-certificate',
      exit: 4,
    });
  }
});

it('a client without a certificate, or with a broken key, is told what to do', async () => {
  const { configDir, certificate } = await clientFolder('broken', serverCertificate());
  const key = join(configDir, 'client.key');
  await writeFile(key, (await readFile(key, 'utf8')).slice(0, 100));
  await expect(connect({ remote: 'lab', configDir })).rejects.toMatchObject({
    code: 'incus-client-key',
  });
  await rm(certificate);
  await expect(connect({ remote: 'lab', configDir })).rejects.toMatchObject({
    code: 'incus-no-client-certificate',
    exit: 4,
  });
});

it('a remote whose host is away is told apart from a bad certificate', async () => {
  const { configDir } = await clientFolder('away', serverCertificate());
  await writeFile(join(configDir, 'config.yml'), "remotes: {lab: {addr: 'https://127.0.0.1:9'}}\n");
  await expect(connect({ remote: 'lab', configDir })).rejects.toMatchObject({
    code: 'incus-not-running',
    exit: 4,
  });
});

it('a remote that is a socket of this machine works too', async () => {
  const { configDir } = await clientFolder('socket', undefined);
  await writeFile(
    join(configDir, 'config.yml'),
    `remotes: {here: {addr: 'unix://${inject('socket')}'}}\n`,
  );
  const incus = await connect({ remote: 'here', configDir });
  expect((await incus.server()).auth).toBe('trusted');
});
