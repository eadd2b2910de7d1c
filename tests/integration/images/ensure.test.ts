import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { Host } from '../../../src/base/system/index.ts';
import { ensureImage, probeImage } from '../../../src/images/index.ts';
import { connect, type Incus } from '../../../src/incus/index.ts';
import { incusCli, incusQuery, uniqueName } from '../support.ts';

let incus: Incus;
/** The shared sandbox has no uplink, so that no image server can be reached from it. */
let host: Host;
beforeEach(async () => {
  incus = await connect({ socket: inject('socket') });
  const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
  host = { enter, proc: inject('proc') };
});
afterEach(() => incus.close());

interface Alias {
  readonly target: string;
}

describe('an image', () => {
  // Matrix: IM-101
  it('P02b-01: that is present under its alias is good enough, though the server cannot be reached', async () => {
    const { target } = await incusQuery<Alias>('/1.0/images/aliases/probe');
    const alias = uniqueName('present/');
    await incusCli('image', 'alias', 'create', alias, target);
    const before = incus.requests;
    expect(await ensureImage(incus, `images:${alias}`, { host })).toBe(target);
    expect(incus.requests - before).toBe(1);
    await incusCli('image', 'alias', 'delete', alias);
  });

  // Matrix: IM-301
  it('P02b-01: that nobody has fails within seconds and names image and remote', async () => {
    const missing = ensureImage(incus, 'images:alpine/none', { host });
    await expect(missing).rejects.toMatchObject({ code: 'image-unavailable' });
    await expect(missing).rejects.toThrow(/'alpine\/none'.*'images'.*does not answer/);
  });

  it('P02b-01: Debian is not built when that is not wanted, and the failure names it', async () => {
    const missing = ensureImage(incus, 'images:debian/14', { host, build: false });
    await expect(missing).rejects.toThrow(/'debian\/14'.*'images'/);
  });

  it('that must be local is not looked for elsewhere', async () => {
    await expect(ensureImage(incus, 'local:none', { host })).rejects.toMatchObject({
      code: 'image-unavailable',
      text: { en: "The daemon has no image 'none', and 'local:none' asks for a local one." },
    });
  });

  it('of an unknown remote says so', async () => {
    await expect(ensureImage(incus, 'corp:web', { host })).rejects.toThrow(
      /'corp'.*no such remote/,
    );
  });
});

it('the probe image has the same bytes whenever it is made', async () => {
  const { target } = await incusQuery<Alias>('/1.0/images/aliases/probe');
  const cache = await mkdtemp(join(tmpdir(), 'anklume-cache-'));
  const before = process.env.ANKLUME_CACHE;
  process.env.ANKLUME_CACHE = cache;
  try {
    const path = await probeImage();
    expect(path.startsWith(cache)).toBe(true);
    // Already there under another alias: the same fingerprint comes back.
    expect(await incus.images.importFile(path)).toBe(target);
  } finally {
    if (before === undefined) delete process.env.ANKLUME_CACHE;
    else process.env.ANKLUME_CACHE = before;
    await rm(cache, { recursive: true });
  }
});
