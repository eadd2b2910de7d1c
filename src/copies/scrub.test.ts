import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { IncusError, type RemoteEntry, type Sftp } from '../incus/index.ts';
import { imageProperties } from './copy.ts';
import { scrub } from './scrub.ts';

type Kind = RemoteEntry['kind'];
interface Node {
  readonly kind: Kind;
  readonly size: number;
  readonly mode: number;
}

/** The files of a machine in memory. What is read or removed through a link of the root is an error here. */
class Files implements Pick<Sftp, 'list' | 'remove' | 'write'> {
  readonly nodes = new Map<string, Node>([['/', { kind: 'folder', size: 0, mode: 0o755 }]]);

  put(path: string, kind: Kind = 'file', size = 5): this {
    const parent = posix.dirname(path);
    if (!this.nodes.has(parent)) this.put(parent, 'folder', 0);
    this.nodes.set(path, { kind, size, mode: 0o640 });
    return this;
  }

  async *list(path: string): AsyncGenerator<RemoteEntry> {
    if (this.nodes.get(path)?.kind !== 'folder') throw absent(path);
    for (const [full, node] of [...this.nodes])
      if (full !== '/' && posix.dirname(full) === path)
        yield { name: posix.basename(full), uid: 7, gid: 8, changed: 0, ...node };
  }

  async remove(path: string): Promise<void> {
    if (!this.nodes.delete(path)) throw absent(path);
    if ([...this.nodes.keys()].some((other) => other.startsWith(`${path}/`)))
      throw new Error(`${path} is not empty`);
  }

  async write(path: string, bytes: AsyncIterable<Buffer>, change: { readonly mode?: number }) {
    let size = 0;
    for await (const part of bytes) size += part.length;
    this.nodes.set(path, { kind: 'file', size, mode: change.mode ?? 0 });
  }
}

function absent(path: string): IncusError {
  const message = { en: `no ${path}`, fr: `pas de ${path}` };
  return new IncusError({ status: 404, kind: 'not-found', message });
}

it('what tells one machine from another is gone, and nothing else', async () => {
  const files = new Files()
    .put('/etc/machine-id')
    .put('/etc/hostname')
    .put('/etc/ssh/ssh_host_ed25519_key')
    .put('/etc/ssh/ssh_host_ed25519_key.pub')
    .put('/etc/ssh/sshd_config')
    .put('/tmp/deep/er/file')
    .put('/var/log/apt/history.log')
    .put('/root/.bash_history')
    .put('/root/notes');
  await scrub(files);
  expect(
    [...files.nodes.keys()].filter((path) => files.nodes.get(path)?.kind === 'file').sort(),
  ).toEqual([
    '/etc/hostname',
    '/etc/machine-id',
    '/etc/ssh/sshd_config',
    '/root/notes',
    '/var/log/apt/history.log',
  ]);
  expect(files.nodes.get('/etc/machine-id')).toMatchObject({ size: 0, mode: 0o640 });
  expect(files.nodes.get('/var/log/apt/history.log')).toMatchObject({ size: 0, mode: 0o640 });
  expect(files.nodes.has('/tmp')).toBe(true);
  expect(files.nodes.has('/tmp/deep')).toBe(false);
});

it('a link is removed and never followed, whoever put it there', async () => {
  const files = new Files()
    .put('/etc/machine-id', 'link')
    .put('/tmp/way-out', 'link')
    .put('/var/log', 'link')
    .put('/etc/ssh', 'link');
  await scrub(files);
  expect(files.nodes.get('/etc/machine-id')).toEqual({ kind: 'file', size: 0, mode: 0o444 });
  expect(files.nodes.has('/tmp/way-out')).toBe(false);
  expect(files.nodes.get('/var/log')?.kind).toBe('link');
  expect(files.nodes.get('/etc/ssh')?.kind).toBe('link');
});

it('a machine that fills its folders without end is not made an image of', async () => {
  const files = new Files();
  for (let at = 0; at <= 50_000; at += 1) files.put(`/tmp/${at}`);
  await expect(scrub(files)).rejects.toMatchObject({ code: 'golden-too-much' });
});

it('an image says what the image of its machine said, and is no kept machine for that', () => {
  expect(
    imageProperties({
      'image.os': 'debian',
      'image.anklume.golden.recipe': 'x',
      'image.anklume.nesting': '1',
      'user.note': 'mine',
    }),
  ).toEqual({ os: 'debian', 'anklume.nesting': '1' });
});
