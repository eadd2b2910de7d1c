import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type TarEntry, tar } from './tar.ts';

const ENTRIES: TarEntry[] = [
  { kind: 'folder', path: 'rootfs' },
  { kind: 'file', path: 'rootfs/run', mode: 0o755, bytes: Buffer.from('#!/bin/sh\n') },
  { kind: 'file', path: 'full-block', bytes: Buffer.alloc(512, 'x') },
  { kind: 'link', path: 'rootfs/sh', target: 'run' },
];

it('writes an archive that tar reads back with modes, owners and links', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anklume-tar-'));
  try {
    const path = join(folder, 'a.tar');
    writeFileSync(path, tar(ENTRIES));
    const listing = execFileSync('tar', ['--list', '--verbose', '--numeric-owner', '-f', path], {
      encoding: 'utf8',
    });
    const lines = listing.trim().split('\n');
    expect(lines[0]).toMatch(/^drwxr-xr-x 0\/0 .* rootfs/);
    expect(lines[1]).toMatch(/^-rwxr-xr-x 0\/0 +10 .* rootfs\/run/);
    expect(lines[2]).toMatch(/^-rw-r--r-- 0\/0 +512 .* full-block/);
    expect(lines[3]).toMatch(/^lrwxrwxrwx 0\/0 .* rootfs\/sh -> run/);
    const run = execFileSync('tar', ['-xOf', path, 'rootfs/run'], { encoding: 'utf8' });
    expect(run).toBe('#!/bin/sh\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('gives the same bytes for the same content', () => {
  expect(tar(ENTRIES).equals(tar(ENTRIES))).toBe(true);
});

it('refuses a path that does not fit instead of cutting it', () => {
  expect(() => tar([{ kind: 'folder', path: 'x'.repeat(101) }])).toThrow(RangeError);
});
