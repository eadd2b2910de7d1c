import { expect, it } from 'vitest';
import { incusCli, uniqueName } from '../support.ts';
import { door, probe, runningProbe } from './world.ts';

it('writes, reads, lists and deletes files with odd names, bytes, owners and rights', async () => {
  const incus = await door();
  await using machine = await runningProbe(incus);
  const { instances } = incus;
  const path = "/tmp/a b'é?&%.txt";
  const bytes = Buffer.from([0, 255, 10, 13, 0]);
  await instances.writeFile(machine.name, path, bytes, { mode: 0o640, uid: 5, gid: 6 });
  expect((await instances.readFile(machine.name, path)).equals(bytes)).toBe(true);
  const listing = () => incusCli('exec', machine.name, '--', 'ls', '-lan', '/tmp');
  expect(await listing()).toMatch(/^-rw-r-----\s+1 5\s+6\s+5 .*a b/m);
  await instances.writeFile(machine.name, path, 'kept rights');
  expect(await listing()).toMatch(/^-rw-r-----\s+1 5\s+6\s+11 .*a b/m);
  await instances.writeFile(machine.name, path, 'new rights', { mode: 0o600, uid: 0, gid: 0 });
  expect(await listing()).toMatch(/^-rw-------\s+1 0\s+0\s+10 .*a b/m);

  await instances.makeFolder(machine.name, '/tmp/folder', { mode: 0o711 });
  await instances.makeFolder(machine.name, '/tmp/folder', { mode: 0o711 });
  expect(await listing()).toMatch(/^drwx--x--x.*folder$/m);
  expect((await instances.listFolder(machine.name, '/tmp')).sort()).toEqual([
    path.slice('/tmp/'.length),
    'folder',
  ]);
  await instances.deleteFile(machine.name, path);
  await instances.deleteFile(machine.name, path);
  await instances.deleteFile(machine.name, '/tmp/folder');
  expect(await instances.listFolder(machine.name, '/tmp')).toEqual([]);
  await expect(instances.readFile(machine.name, path)).rejects.toMatchObject({
    kind: 'not-found',
  });
  await expect(instances.makeFolder(machine.name, '/no/where')).rejects.toMatchObject({
    kind: 'not-found',
  });
});

it('reaches the files of a stopped machine', async () => {
  const incus = await door();
  const name = uniqueName('files-');
  await incus.instances.create(probe(name));
  await incus.instances.writeFile(name, '/etc/motd', 'bon\njour');
  expect(await incusCli('file', 'pull', `${name}/etc/motd`, '-')).toBe('bon\njour');
  await incusCli('delete', name);
});
