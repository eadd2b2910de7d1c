import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lookAtFiles } from './host-files.ts';

const disk = (source: string) => ({
  domains: { pro: { machines: { web: { devices: { thing: { type: 'disk', source } } } } } },
});

it('B06-05: a link is followed also where nothing is yet at its end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'links-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const link = (name: string) => join(folder, name);
  await symlink('/no-such-place/unix.socket', link('later'));
  await symlink('later', link('twice'));
  await symlink('/no-such-place', link('place'));
  await symlink('round', link('round'));
  const leads = async (path: string) => (await lookAtFiles(disk(path))).get(path)?.real;
  expect(await leads(link('later'))).toBe('/no-such-place/unix.socket');
  expect(await leads(link('twice'))).toBe('/no-such-place/unix.socket');
  expect(await leads(`${link('place')}/below`)).toBe('/no-such-place/below');
  expect(await leads(link('round'))).toBeUndefined();
});
