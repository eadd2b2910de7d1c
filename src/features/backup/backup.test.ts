import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Archive,
  CHECKSUMS,
  checksumsText,
  MANIFEST,
  type Manifest,
  manifestOf,
  manifestText,
  parseManifest,
  readManifest,
} from './manifest.ts';
import { archiveName, folderName, instanceIn, isEncrypted, stampOf } from './names.ts';
import { notesOn } from './note.ts';
import { fingerprintsIn } from './protection.ts';
import { outdated, parseKeep, removeBackup } from './retention.ts';

const stamp = stampOf(new Date('2026-11-22T03:04:05.678Z'));
const plain = { compression: 'gzip', encrypted: false };

describe('names', () => {
  it('P20d-03: an archive is named by instance and time', () => {
    const file = archiveName({ kind: 'instance', name: 'pro-dev' }, stamp, plain);
    expect(file).toBe('pro-dev-20261122T030405Z.tar.gz');
    expect(instanceIn(file)).toBe('pro-dev');
    expect(archiveName({ kind: 'files' }, stamp, { compression: 'none', encrypted: true })).toBe(
      'project.files-20261122T030405Z.tar.gpg',
    );
  });

  it('a volume or the files are never taken for an instance', () => {
    const volume = { kind: 'volume', name: 'a', pool: 'b', project: 'c' } as const;
    expect(instanceIn(archiveName(volume, stamp, plain))).toBeUndefined();
    expect(instanceIn(archiveName({ kind: 'files' }, stamp, plain))).toBeUndefined();
  });

  it('a volume is named by project, pool and name; what encrypts a name shows', () => {
    const volume = { kind: 'volume', name: 'a', pool: 'b', project: 'c' } as const;
    const file = archiveName(volume, stamp, { compression: 'zstd -19', encrypted: true });
    expect(file).toBe('volume.c.b.a-20261122T030405Z.tar.zst.gpg');
    expect([isEncrypted(file), isEncrypted('a.gpg.tar'), isEncrypted('.gpgx')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(archiveName(volume, stamp, { compression: 'own/program', encrypted: false })).toBe(
      'volume.c.b.a-20261122T030405Z.tar.own_program',
    );
  });

  it('no name leads out of its folder or is hidden', () => {
    expect(folderName('../../etc', '.x y', stamp)).toBe('etc-x_y-20261122T030405Z');
    expect(folderName('', undefined, stamp)).toBe('backup-20261122T030405Z');
  });
});

describe('manifest', () => {
  const archive = { kind: 'files', file: 'a.tar.gz', bytes: 1, sha256: 'a'.repeat(64) };
  const manifest = {
    format: 1,
    anklume: '1',
    incus: '6',
    created: '2026-11-22T03:04:05.678Z',
    infrastructure: 'home',
    scope: null,
    protection: 'none',
    archives: [archive],
  };
  const parse = (value: unknown) => parseManifest('/b', JSON.stringify(value));

  it('is read as it was written', () => expect(parse(manifest)).toEqual(manifest));

  it.each([
    ['a file elsewhere', { ...manifest, archives: [{ ...archive, file: '../../etc/passwd' }] }],
    ['an absolute file', { ...manifest, archives: [{ ...archive, file: '/etc/passwd' }] }],
    ['an option as a file', { ...manifest, archives: [{ ...archive, file: '--to' }] }],
    ['another format', { ...manifest, format: 2 }],
    ['a list', []],
    ['nothing', null],
  ])('refuses %s', (_what, value) => {
    expect(() => parse(value)).toThrow(expect.objectContaining({ code: 'no-backup' }));
  });
});

describe('the files of a backup', () => {
  const archives: Archive[] = ['a.tar', 'b.tar'].map((file, at) => ({
    ...{ kind: 'files', file, bytes: 1, sha256: String(at).repeat(64) },
  }));
  const manifest: Manifest = {
    ...{ ...manifestOf(archives), anklume: '1', incus: '6', infrastructure: 'home' },
    created: '2026-11-22T03:04:05.678Z',
  };

  const folders: string[] = [];
  afterAll(() =>
    Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))),
  );

  async function written(...more: readonly string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'anklume-backup-'));
    folders.push(folder);
    await writeFile(join(folder, MANIFEST), manifestText(manifest));
    await writeFile(join(folder, CHECKSUMS), checksumsText(manifest));
    for (const name of ['a.tar', 'b.tar', ...more]) await writeFile(join(folder, name), '');
    return folder;
  }

  it('are read as they were written, and listed as sha256sum has it', async () => {
    const folder = await written();
    expect(await readManifest(folder)).toEqual(manifest);
    expect(checksumsText(manifest)).toBe(`${'0'.repeat(64)}  a.tar\n${'1'.repeat(64)}  b.tar\n`);
    expect(manifestText(manifest).split('\n').slice(0, 2)).toEqual(['{', '  "format": 1,']);
    await mkdir(join(folder, 'none'));
    for (const [path, why] of [
      [join(folder, 'none'), 'it has no manifest'],
      [join(folder, 'nowhere'), 'it has no manifest'],
    ] as const)
      await expect(readManifest(path)).rejects.toMatchObject({
        ...{ code: 'no-backup', cause: expect.anything() },
        text: { en: expect.stringContaining(why) },
      });
  });

  it.each([
    ['{', 'not JSON'],
    [
      JSON.stringify({ ...manifest, archives: [{ ...archives[0], bytes: -1 }] }),
      "'archives.0.bytes'",
    ],
    [
      JSON.stringify({ ...manifest, archives: [{ ...archives[0], bytes: 0.5 }] }),
      "'archives.0.bytes'",
    ],
    [
      JSON.stringify({ ...manifest, archives: [{ ...archives[0], sha256: 'x'.repeat(64) }] }),
      'sha256',
    ],
    [JSON.stringify({ ...manifest, created: 'now' }), "'created'"],
    [JSON.stringify({ ...manifest, scope: 1 }), "'scope'"],
    [JSON.stringify({ ...manifest, protection: 'some' }), "'protection'"],
    [JSON.stringify(null), "''"],
  ])('are none, with the place of what is wrong: %s', (text, where) => {
    expect(() => parseManifest('/b', text)).toThrow(
      expect.objectContaining({
        code: 'no-backup',
        text: expect.objectContaining({ en: expect.stringContaining(where) }),
      }),
    );
  });

  it('go with their folder, but for what somebody put beside them', async () => {
    const [alone, beside] = [await written(), await written('mine')];
    await removeBackup({ folder: alone, manifest });
    await expect(readdir(alone)).rejects.toThrow('ENOENT');
    await removeBackup({ folder: beside, manifest });
    expect(await readdir(beside)).toEqual(['mine']);
  });
});

describe('notes of restores', () => {
  const token = 'a'.repeat(32);
  const config = (key: string, value: unknown) => ({
    ...{ name: 'p', description: '', used_by: [] },
    config: {
      'user.other': '{}',
      [key]: typeof value === 'string' ? value : JSON.stringify(value),
    },
  });
  const note = { kind: 'volume', name: 'n', pool: 'x', replaces: 'stopped' };

  it('are read back with their project', () => {
    expect(notesOn(config(`user.anklume.restore.${token}`, note))).toEqual([
      { project: 'p', token, ...note },
    ]);
  });
  it.each<[string, string, unknown]>([
    ['another key', `user.other.${token}`, note],
    ['a longer token', `user.anklume.restore.${token}a`, note],
    ['something before it', `user.anklume.restore.x${token}`, note],
    ['no JSON', `user.anklume.restore.${token}`, '{'],
    ['another kind', `user.anklume.restore.${token}`, { ...note, kind: 'x' }],
    ['no name', `user.anklume.restore.${token}`, { kind: 'instance' }],
    ['another state', `user.anklume.restore.${token}`, { ...note, replaces: 'frozen' }],
  ])('are none with %s', (_what, key, value) => {
    expect(notesOn(config(key, value))).toEqual([]);
  });
});

describe('retention', () => {
  const backup = (n: number, scope: string | null, infrastructure = 'home') => ({
    folder: `/b/${n}`,
    manifest: {
      format: 1 as const,
      anklume: '1',
      incus: '6',
      created: `2026-11-${10 + n}T00:00:00.000Z`,
      infrastructure,
      scope,
      protection: 'none' as const,
      archives: [],
    },
  });
  const all = [
    backup(3, null),
    backup(1, null),
    backup(2, 'pro'),
    backup(4, null, 'other'),
    backup(5, null),
  ];
  const folders = (keep: number) =>
    outdated(all, { infrastructure: 'home', scope: null }, keep).map(({ folder }) => folder);

  it('removes the oldest of the same scope alone', () => {
    expect(folders(2)).toEqual(['/b/1']);
    expect(folders(1)).toEqual(['/b/1', '/b/3']);
    expect(folders(9)).toEqual([]);
  });

  it('those of one moment go by name, wherever they are listed', () => {
    const twins = ['b', 'c', 'a'].map((name) => ({ ...backup(1, null), folder: `/b/${name}` }));
    const of = { infrastructure: 'home', scope: null };
    for (const listed of [twins, twins.toReversed()])
      expect(outdated(listed, of, 1).map(({ folder }) => folder)).toEqual(['/b/a', '/b/b']);
  });

  it.each(['0', '-1', '1.5', 'all', '10000', ''])('--keep %s is refused', (word) => {
    expect(() => parseKeep(word)).toThrow(expect.objectContaining({ code: 'bad-number', exit: 2 }));
  });
});

describe('recipients', () => {
  it('only primary keys count', () => {
    const listing = [
      'tru::1:1:0:3:1:5',
      'pub:u:255:22:AAAA:1:::u:::scESC:',
      `fpr:::::::::${'A'.repeat(40)}:`,
      'uid:u::::1::X::Test <t@example.org>::::::::::0:',
      'sub:u:255:18:BBBB:1::::::e:',
      `fpr:::::::::${'B'.repeat(40)}:`,
    ].join('\n');
    expect(fingerprintsIn(listing)).toEqual(['A'.repeat(40)]);
    expect(fingerprintsIn('fpr:::::::::evil:\nnonsense')).toEqual([]);
  });
});
