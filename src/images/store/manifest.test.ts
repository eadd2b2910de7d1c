import { expect, it } from 'vitest';
import { baseName, manifestText, parseManifest, type StoredImage } from './manifest.ts';

const sha = 'a'.repeat(64);
const image: StoredImage = {
  base: 'debian-13-aaaaaaaaaaaa',
  fingerprint: sha,
  type: 'container',
  architecture: 'x86_64',
  aliases: ['debian/13'],
  properties: { os: 'debian' },
  files: [{ name: 'debian-13-aaaaaaaaaaaa.image', size: 3, sha256: sha }],
};

it('reads back what it wrote', () => {
  expect(parseManifest(image.base, manifestText(image))).toEqual(image);
});

it.each([
  ['debian/13', 'debian-13-aaaaaaaaaaaa'],
  ['../../etc/passwd', 'etc-passwd-aaaaaaaaaaaa'],
  ['web é\n', 'web--aaaaaaaaaaaa'],
  ['', 'image-aaaaaaaaaaaa'],
  ['x'.repeat(300), `${'x'.repeat(80)}-aaaaaaaaaaaa`],
])('names the files of %j so that they stay in their folder', (alias, base) => {
  expect(baseName(alias, sha)).toBe(base);
});

const changed = (change: object) =>
  JSON.stringify({ ...JSON.parse(manifestText(image)), ...change });
const file = (change: object) => changed({ files: [{ ...image.files[0], ...change }] });

it.each([
  ['no JSON', '{'],
  ['a list', '[]'],
  ['another version', changed({ version: 2 })],
  ['no fingerprint', changed({ fingerprint: 'x' })],
  ['another type', changed({ type: 'disk' })],
  ['aliases that are no list', changed({ aliases: 'debian/13' })],
  ['properties that are no words', changed({ properties: { a: 1 } })],
  ['no files', changed({ files: [] })],
  ['three files', changed({ files: [1, 2, 3].map(() => image.files[0]) })],
  ['a file elsewhere', file({ name: '../x' })],
  ['a hidden file', file({ name: '.x' })],
  ['a size that is none', file({ size: '3' })],
  ['a checksum that is none', file({ sha256: 'x' })],
])('does not take %s for a manifest', (_what, text) => {
  expect(parseManifest('x', text)).toBeUndefined();
});
