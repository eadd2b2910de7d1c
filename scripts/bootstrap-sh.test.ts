import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot } from '../src/base/system/index.ts';

const SCRIPT = join(productRoot(), 'bootstrap.sh');
const exec = promisify(execFile);

/** Everything that the script calls, as programs that note their names and do nothing. */
const PROGRAMS = [
  ...['apt-cache', 'apt-get', 'awk', 'chmod', 'curl', 'dirname', 'dnf', 'dpkg', 'grep', 'id'],
  ...['ln', 'mkdir', 'mktemp', 'mv', 'node', 'pacman', 'readlink', 'rm', 'sha256sum', 'sync'],
  ...['tar', 'tr', 'uname', 'wget'],
];

let folder: string;
let recording: string;
let server: Server;
let origin: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-bootstrap-'));
  recording = join(folder, 'recording');
  await mkdir(recording);
  for (const name of PROGRAMS) {
    const path = join(recording, name);
    await writeFile(path, `#!/bin/sh\necho ${name} >> '${folder}/called'\n`);
    await chmod(path, 0o755);
  }
  // Everything but who calls is real here: the script asks whether that is root.
  await mkdir(join(folder, 'root'));
  await writeFile(join(folder, 'root/id'), '#!/bin/sh\necho 0\n', { mode: 0o755 });
  await exec('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
  ]);
  const [key, cert] = await Promise.all(
    ['key.pem', 'cert.pem'].map((name) => readFile(join(folder, name))),
  );
  server = createServer({ key, cert }, (request, answer) => {
    if (request.url === '/moved.tgz') answer.writeHead(302, { location: 'http://localhost:1/x' });
    else if (request.url?.endsWith('.sha256')) answer.write(`${'0'.repeat(64)}  anklume.tgz\n`);
    else answer.write('not what was published');
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  origin = `https://localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const called = () => readFile(join(folder, 'called'), 'utf8').catch(() => '');

/** What bash says of a script that comes by a pipe, and its status. */
async function piped(text: string, path: string, words: readonly string[] = []) {
  const running = exec('/bin/bash', ['-s', '--', ...words], {
    env: { PATH: path, CURL_CA_BUNDLE: join(folder, 'cert.pem'), ANKLUME_LANG: 'en' },
    timeout: 30_000,
  });
  running.child.stdin?.end(text);
  return running.then(
    ({ stderr }) => ({ code: 0, stderr }),
    (error: { code: number; stderr: string }) => ({ code: error.code, stderr: error.stderr }),
  );
}

/** Its own root, but for the programs of this machine. */
const real = (words: readonly string[]) =>
  readFile(SCRIPT, 'utf8').then((text) =>
    piped(text, `${join(folder, 'root')}:/usr/local/bin:/usr/bin:/bin`, words),
  );

describe('bootstrap.sh', () => {
  it('P23-12: cut at every 200th byte, and at each of the last ones, it calls nothing', async () => {
    const whole = await readFile(SCRIPT, 'latin1');
    // The last byte is the line end behind the closing brace: without it the script is whole.
    const last = whole.trimEnd().length;
    const cuts = new Set<number>();
    for (let at = 200; at < last; at += 200) cuts.add(at);
    for (let at = last - 40; at < last; at += 1) cuts.add(at);
    expect(cuts.size).toBeGreaterThan(50);
    for (const at of cuts) {
      const { stderr } = await piped(whole.slice(0, at), recording);
      expect(`${at}: ${await called()}`).toBe(`${at}: `);
      expect(stderr).not.toContain('command not found');
    }
    await piped(whole, recording);
    expect(await called()).toContain('id');
  });

  it('P23-13: any address but https is refused, also behind a redirection', async () => {
    for (const address of [
      'http://localhost/anklume.tgz',
      'ftp://localhost/a',
      'file:///etc/passwd',
    ])
      expect(await real(['--from', address])).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is not an https address'),
      });
    const moved = await real(['--from', `${origin}/moved.tgz`, '--sha256', '0'.repeat(64)]);
    expect(moved).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('could not be fetched'),
    });
  });

  it('P23-13: a download with another checksum is not used', async () => {
    for (const words of [['--sha256', 'a'.repeat(64)], []])
      expect(await real(['--from', `${origin}/anklume.tgz`, ...words])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('it was not used'),
      });
    expect(await real(['--from', `${origin}/anklume.tgz`, '--sha256', 'x'])).toMatchObject({
      code: 2,
    });
  });

  it('a server that nobody vouches for is not believed', async () => {
    const text = await readFile(SCRIPT, 'utf8');
    const running = exec('/bin/bash', ['-s', '--', '--from', `${origin}/anklume.tgz`], {
      env: { PATH: `${join(folder, 'root')}:/usr/bin:/bin`, ANKLUME_LANG: 'en' },
    });
    running.child.stdin?.end(text);
    await expect(running).rejects.toMatchObject({ code: 4 });
  });

  /** The script where `made` has been run before, with /opt and /var/lib empty and of this run alone. */
  const apart = async (made: string) => {
    const text = await readFile(SCRIPT, 'utf8');
    const running = exec(
      'unshare',
      [
        ...['--map-root-user', '--mount', 'bash', '-c'],
        `mount -t tmpfs none /opt && mount -t tmpfs none /var/lib && ${made} && bash -s -- --from http://x; status=$?; find /opt -type f; exit $status`,
      ],
      { env: { PATH: `${join(folder, 'root')}:/usr/bin:/bin:/usr/sbin`, ANKLUME_LANG: 'en' } },
    );
    running.child.stdin?.end(text);
    return running.catch((error: { code: number; stderr: string; stdout: string }) => error);
  };

  it('a folder at the place of its own that somebody else made is left as it is', async () => {
    const theirs = await apart('mkdir /opt/anklume && touch /opt/anklume/mine');
    expect(theirs).toMatchObject({ code: 4, stdout: '/opt/anklume/mine\n' });
    expect(theirs.stderr).toContain('/opt/anklume exists and was not made by this script');
    // Its own: it goes on, to the address that is none.
    for (const note of [
      "echo 'tree /opt/anklume' > /var/lib/anklume/seed",
      'echo \'{"name": "tree:/opt/anklume"}\' > /var/lib/anklume/ledger.json',
    ])
      expect(await apart(`mkdir /opt/anklume /var/lib/anklume && ${note}`)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('is not an https address'),
      });
  });

  it('says what it needs where nothing was said', async () => {
    expect(await real([])).toMatchObject({ code: 2, stderr: expect.stringContaining('--from') });
    expect(await real(['--from'])).toMatchObject({ code: 2 });
  });
});
