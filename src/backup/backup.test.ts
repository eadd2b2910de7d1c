import { describe, expect, it } from 'vitest';
import { parseManifest } from './manifest.ts';
import { archiveName, folderName, instanceIn, stampOf } from './names.ts';
import { fingerprintsIn } from './protection.ts';
import { outdated, parseKeep } from './retention.ts';

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
