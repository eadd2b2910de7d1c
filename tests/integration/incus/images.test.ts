import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { incusCli, incusQuery, uniqueName } from '../support.ts';
import { imageServer } from './image-server.ts';
import { serveInside } from './inside.ts';
import { door, probe } from './world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A file tree of one machine, in parts, with a mark that makes its fingerprint its own. */
async function parts(mark: string): Promise<{ metadata: string; rootfs: string; unified: string }> {
  const place = join(folder, mark);
  await mkdir(join(place, 'rootfs', 'sbin'), { recursive: true });
  await mkdir(join(place, 'rootfs', 'etc'));
  await writeFile(
    join(place, 'metadata.yaml'),
    'architecture: x86_64\ncreation_date: 1700000000\nproperties: {os: test}\n',
  );
  await writeFile(join(place, 'rootfs', 'etc', 'mark'), mark);
  const [metadata, rootfs, unified] = ['meta.tar.xz', 'root.tar.xz', 'all.tar'].map((name) =>
    join(place, name),
  ) as [string, string, string];
  await run(['tar', '-C', place, '-cJf', metadata, 'metadata.yaml']);
  await run(['tar', '-C', join(place, 'rootfs'), '-cJf', rootfs, '.']);
  await run(['tar', '-C', place, '-cf', unified, 'metadata.yaml', 'rootfs']);
  return { metadata, rootfs, unified };
}

/** The mark inside the image that `alias` names, read from a machine made of it. */
async function markOf(alias: string): Promise<string> {
  const incus = await door();
  const name = uniqueName('marked-');
  await incus.instances.create(probe(name, { source: { type: 'image', alias } }));
  try {
    return await incusCli('file', 'pull', `${name}/etc/mark`, '-');
  } finally {
    await incusCli('delete', name);
  }
}

it('imports one file with progress, names it, and uploads it only once', async () => {
  const incus = await door();
  const mark = uniqueName('one-');
  const { unified } = await parts(mark);
  const alias = `${mark}/é-13`;
  const told: [number, number][] = [];
  const fingerprint = await incus.images.importFile(unified, {
    aliases: [alias],
    properties: { 'user.made-by': 'test & co' },
    onProgress: (sent, total) => told.push([sent, total]),
  });
  const bytes = await readFile(unified);
  expect(fingerprint).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(told.at(-1)).toEqual([bytes.length, bytes.length]);
  expect(await incusQuery(`/1.0/images/${fingerprint}`)).toMatchObject({
    aliases: [{ name: alias }],
    properties: { os: 'test', 'user.made-by': 'test & co' },
  });
  expect(await markOf(alias)).toBe(mark);

  told.length = 0;
  expect(await incus.images.importFile(unified, { aliases: ['second'] })).toBe(fingerprint);
  expect(told).toEqual([]);
  expect(await incus.images.alias('second')).toBe(fingerprint);
  await incus.images.deleteAlias('second');
  expect(await incus.images.alias('second')).toBeUndefined();
  await incus.images.delete(fingerprint);
  await expect(incus.images.get(fingerprint)).rejects.toMatchObject({ kind: 'not-found' });
});

it('imports metadata and root file system from two files, and an alias moves to the new image', async () => {
  const incus = await door();
  const alias = uniqueName('split-');
  const first = await parts(`${alias}-1`);
  const second = await parts(`${alias}-2`);
  const old = await incus.images.importSplit(first.metadata, first.rootfs, { aliases: [alias] });
  const sum = createHash('sha256');
  for (const path of [first.metadata, first.rootfs]) sum.update(await readFile(path));
  expect(old).toBe(sum.digest('hex'));
  expect(await markOf(alias)).toBe(`${alias}-1`);
  const now = await incus.images.importSplit(second.metadata, second.rootfs, { aliases: [alias] });
  expect(await markOf(alias)).toBe(`${alias}-2`);
  await incusCli('image', 'delete', old, now);
});

it('two imports of one file at once both succeed', async () => {
  const incus = await door();
  const { unified } = await parts(uniqueName('race-'));
  const [one, two] = await Promise.all([
    incus.images.importFile(unified),
    incus.images.importFile(unified),
  ]);
  expect(one).toBe(two);
  await incus.images.delete(one);
});

it('a file that is no image is refused in words, and an aborted import leaves nothing', async () => {
  const incus = await door();
  const path = join(folder, 'not-an-image');
  await writeFile(path, uniqueName('text-'));
  await expect(incus.images.importFile(path)).rejects.toMatchObject({ name: 'IncusError' });
  await expect(incus.images.importFile(join(folder, 'absent'))).rejects.toMatchObject({
    code: 'image-file-unreadable',
  });
  const bytes = randomBytes(30_000_000);
  await writeFile(path, bytes);
  const controller = new AbortController();
  const importing = incus.images.importFile(path, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('enough')),
  });
  await expect(importing).rejects.toThrow('enough');
  const fingerprint = createHash('sha256').update(bytes).digest('hex');
  expect(await incusCli('image', 'list', '--format', 'csv', '--columns', 'F')).not.toContain(
    fingerprint,
  );
});

it('lets the daemon fetch an image from an image server', async () => {
  const incus = await door();
  const mark = uniqueName('server-');
  const { metadata, rootfs } = await parts(mark);
  const files = await imageServer(mark, metadata, rootfs);
  await using server = await serveInside(files);
  const source = { server: server.url, certificate: server.certificate } as const;
  const fingerprint = await incus.images.copyFromServer({
    ...source,
    protocol: 'simplestreams',
    alias: `${mark}/13`,
    localAlias: `${mark}/local`,
    onProgress: () => {},
  });
  expect(await markOf(`${mark}/local`)).toBe(mark);
  await expect(
    incus.images.copyFromServer({ ...source, protocol: 'simplestreams', alias: 'absent' }),
  ).rejects.toMatchObject({ name: 'IncusError', message: expect.stringContaining('absent') });
  await incus.images.delete(fingerprint);
});

it('an image server that is not there is an explained error', async () => {
  const incus = await door();
  const asked = incus.images.copyFromServer({
    server: 'https://127.0.0.1:9',
    protocol: 'simplestreams',
    alias: 'debian/13',
  });
  await expect(asked).rejects.toThrow(/debian\/13.*refused/s);
});
