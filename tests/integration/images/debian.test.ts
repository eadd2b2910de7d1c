import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { buildDebian } from '../../../src/images/debian/build.ts';
import { debianRecipe } from '../../../src/images/debian/recipe.ts';
import { ensureImage } from '../../../src/images/index.ts';
import { connect } from '../../../src/incus/index.ts';
import { incusCli, uniqueName } from '../support.ts';

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'anklume-cache-'));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

// The image itself is taken from the usual cache: a build takes most of a minute and happens once a machine.
// Matrix: IM-102
it('debian/13 without an image server is built from packages, boots systemd and has its address', async () => {
  const incus = await connect({ socket: inject('socket') });
  const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
  const fingerprint = await ensureImage(incus, 'images:debian/13', {
    host: { enter, proc: inject('proc') },
  });
  await incus.close();
  expect(await incusCli('image', 'list', '--format', 'csv', '--columns', 'lF')).toContain(
    `debian/13,${fingerprint}`,
  );
  const name = uniqueName('deb-');
  const bridge = uniqueName('br-');
  await incusCli('network', 'create', bridge, 'ipv4.address=10.204.9.254/24', 'ipv6.address=none');
  try {
    await incusCli(
      'launch',
      'debian/13',
      name,
      '-s',
      'default',
      '-n',
      bridge,
      '--device',
      'eth0,ipv4.address=10.204.9.7',
    );
    const inside = (...words: string[]) => incusCli('exec', name, '--', ...words);
    await expect
      .poll(() => inside('ip', '-4', '-brief', 'address', 'show', 'eth0'), { timeout: 30_000 })
      .toContain('10.204.9.7/24');
    // 'wait' returns when booting has ended; a failed unit makes the state 'degraded' and the exit status 1.
    expect((await inside('systemctl', 'is-system-running', '--wait')).trim()).toBe('running');
    expect((await inside('hostname')).trim()).toBe(name);
    expect((await inside('python3', '-c', 'import json, urllib.request; print(1)')).trim()).toBe(
      '1',
    );
    expect(await inside('cat', '/etc/machine-id')).toMatch(/^[0-9a-f]{32}$/);
  } finally {
    await incusCli('delete', '--force', name);
    await incusCli('network', 'delete', bridge);
  }
}, 600_000);

// Matrix: IM-302
it('a build that is stopped leaves no mount, process or folder, and nothing that a later build would use', async () => {
  const recipe = debianRecipe('debian/13');
  if (!recipe) throw new Error('no recipe');
  const before = process.env.ANKLUME_CACHE;
  process.env.ANKLUME_CACHE = cache;
  try {
    const stop = new AbortController();
    const building = buildDebian(recipe, { signal: stop.signal });
    building.catch(() => {});
    const images = join(cache, 'images');
    await expect.poll(() => builtSoFar(images), { timeout: 60_000, interval: 50 }).toBe(true);
    stop.abort();
    await expect(building).rejects.toThrow();
    await expect.poll(() => readdir(images)).toEqual([]);
    expect((await run(['pgrep', '--full', cache], { accept: [1] })).stdout).toBe('');
    expect((await run(['findmnt', '--noheadings', '--output', 'TARGET'])).stdout).not.toContain(
      cache,
    );
  } finally {
    if (before === undefined) delete process.env.ANKLUME_CACHE;
    else process.env.ANKLUME_CACHE = before;
  }
});

/** Packages are being unpacked: the middle of a build. */
async function builtSoFar(images: string): Promise<boolean> {
  const names = await readdir(images).catch(() => []);
  return names.some((name) => existsSync(join(images, name, 'rootfs/usr')));
}
