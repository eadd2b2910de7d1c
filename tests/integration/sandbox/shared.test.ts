import { expect, inject, it } from 'vitest';
import { incusCli, incusQuery, inSandbox } from '../support.ts';

it('the shared sandbox answers, has a pool and the probe image', async () => {
  expect(await incusCli('storage', 'list', '--format', 'csv')).toContain('default,btrfs');
  const images = await incusQuery<{ aliases: { name: string }[] }[]>('/1.0/images?recursion=1');
  expect(images.flatMap((image) => image.aliases.map((alias) => alias.name))).toContain('probe');
  expect(await inSandbox('cat', '/proc/1/comm')).toBe('tini');
  expect(inject('proc')).toBe(`/proc/${inject('holder')}/root/proc`);
});
