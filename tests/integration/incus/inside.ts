import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import { run } from '../../../src/base/system/index.ts';

/** A self-signed certificate for a client or a server of a test. */
export async function makeCertificate(
  folder: string,
  name: string,
  usage: 'clientAuth' | 'serverAuth',
): Promise<{ readonly certificate: string; readonly key: string }> {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  await run([
    ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
    ...['-nodes', '-days', '2', '-subj', `/CN=${name}`, '-keyout', key, '-out', certificate],
    ...['-addext', `extendedKeyUsage=${usage}`, '-addext', 'subjectAltName=IP:127.0.0.1'],
  ]);
  return { certificate, key };
}

/** Runs a Node program in the sandbox's network namespace until it prints a line; its files are ours. */
async function nodeInside(
  script: string,
  args: readonly string[],
): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const enter = ['-t', String(inject('holder')), '-n', '--'];
  const child = spawn('nsenter', [...enter, process.execPath, '-e', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  return { child, line };
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const fileServer = `
const { createReadStream, readFileSync } = require('node:fs');
const [folder, stalls] = process.argv.slice(1);
const tls = { cert: readFileSync(folder + '/server.crt'), key: readFileSync(folder + '/server.key') };
const server = require('node:https').createServer(tls, (request, response) => {
  const { pathname } = new URL(request.url, 'http://x');
  if (pathname === stalls) {
    const bytes = readFileSync(folder + '/www' + pathname);
    response.writeHead(200, { 'content-length': bytes.length });
    return response.write(bytes.subarray(0, bytes.length / 2));
  }
  createReadStream(folder + '/www' + pathname)
    .on('error', () => response.writeHead(404).end())
    .pipe(response);
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

/**
 * An HTTPS server with these files on the sandbox's loopback, where only its daemon can reach it. Of the file `stalls`
 * it gives one half, and then nothing, for ever.
 */
export async function serveInside(
  files: Readonly<Record<string, Buffer>>,
  stalls = '',
): Promise<{ readonly url: string; readonly certificate: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'server-'));
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, 'www', path)), { recursive: true });
    await writeFile(join(folder, 'www', path), bytes);
  }
  const { certificate } = await makeCertificate(folder, 'server', 'serverAuth');
  const { child, line } = await nodeInside(fileServer, [folder, stalls]);
  return {
    url: `https://127.0.0.1:${line}`,
    certificate: await readFile(certificate, 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await end(child);
      await rm(folder, { recursive: true });
    },
  };
}

const forwarder = `
const net = require('node:net');
const [socket, port] = process.argv.slice(1);
net.createServer((near) => {
  const far = net.connect(Number(port), '127.0.0.1');
  near.on('error', () => far.destroy()).pipe(far);
  far.on('error', () => near.destroy()).pipe(near);
}).listen(socket, () => console.log('ready'));
`;

/**
 * Leads a TCP port of our own loopback to one of the sandbox's: bytes pass unchanged through a socket file,
 * which both network namespaces can reach.
 */
export async function forwardInside(
  portInside: number,
): Promise<{ readonly port: number } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'forward-'));
  const socket = join(folder, 'socket');
  const { child } = await nodeInside(forwarder, [socket, String(portInside)]);
  const server = createServer((near) => {
    const far = connectSocket({ path: socket });
    near.on('error', () => far.destroy()).pipe(far);
    far.on('error', () => near.destroy()).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await end(child);
      await rm(folder, { recursive: true });
    },
  };
}
