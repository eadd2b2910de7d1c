import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureImage } from '../../../src/images/index.ts';
import { connect } from '../../../src/incus/index.ts';
import { program } from '../build.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { onHost, snapshotsOf, statusOf } from './world.ts';

/** The twin comes first in every list: who is looked for by name alone is not the one who asks. */
const [other, project] = ['sa', 'sb'].map(uniqueName) as [string, string];
/** The same name in two projects: only its identity tells the daemon which of the two asks. */
const name = uniqueName('self-');
const me = { project, name };
const twin = { project: other, name };
const inside = (...words: string[]) =>
  incusCli('exec', name, '--project', project, '--cwd', '/root', '--', ...words);
const tool = (...words: string[]) =>
  inside(
    ...['env', 'ANKLUME_LANG=en', 'NO_COLOR=1', 'INCUS_SOCKET=/root/incus.socket'],
    ...['node', '/opt/anklume/dist/main.js', ...words],
  );

/** A real Debian machine with Node, the program, and the socket of the daemon that it runs on; no project folder. */
describe('P22-08: self, in the machine itself', () => {
  beforeAll(async () => {
    const incus = await connect({ socket: inject('socket') });
    const enter = ['nsenter', '-t', String(inject('holder')), '-m', '-n', '-p', '-C', '--'];
    await ensureImage(incus, 'images:debian/13', { host: { enter, proc: inject('proc') } });
    await incus.close();
    for (const one of [other, project])
      await incusCli(
        ...[
          'project',
          'create',
          one,
          '-c',
          'features.images=false',
          '-c',
          'features.profiles=false',
        ],
      );
    await incusCli('create', 'probe', name, '--project', other, '-s', 'default', '--quiet');
    await incusCli('launch', 'debian/13', name, '--project', project, '-s', 'default', '--quiet');
    const root = dirname(dirname(program));
    const mounts = {
      node: [await realpath(process.execPath), '/usr/local/bin/node'],
      dist: [join(root, 'dist'), '/opt/anklume/dist'],
      manifest: [join(root, 'package.json'), '/opt/anklume/package.json'],
    };
    const add = (device: string, ...words: string[]) =>
      incusCli('config', 'device', 'add', name, device, ...words, '--project', project, '--quiet');
    for (const [device, [source, path]] of Object.entries(mounts))
      await add(device, 'disk', `source=${source}`, `path=${path}`, 'readonly=true');
    await add(
      ...(['socket', 'proxy', 'bind=instance', 'listen=unix:/root/incus.socket'] as const),
      'connect=unix:/var/lib/incus/unix.socket',
    );
  }, 600_000);
  afterAll(async () => {
    for (const one of [project, other]) {
      await incusCli('delete', '--force', name, '--project', one).catch(() => '');
      await incusCli('project', 'delete', one).catch(() => '');
    }
  });

  it('P04-01 P04-07: makes, lists and removes snapshots of this machine and of no other', async () => {
    await tool('snapshot', 'create', 'self', 'before-change');
    await tool('snapshot', 'create', 'self', 'passing');
    expect(await snapshotsOf(me)).toEqual(['before-change', 'passing']);
    expect(await snapshotsOf(twin)).toEqual([]);
    const { snapshots } = JSON.parse(await tool('snapshot', 'list', 'self', '--json'));
    expect(snapshots.map((one: { name: string }) => one.name)).toEqual([
      'before-change',
      'passing',
    ]);
    await tool('snapshot', 'delete', 'self', 'passing', '--yes');
    expect(await snapshotsOf(me)).toEqual(['before-change']);
  });

  it('P22-08 P04-02: a machine brings itself back: the change is gone and it runs again', async () => {
    await inside('sh', '-c', 'echo changed >/root/file; rm /etc/hostname; sync');
    // The command ends with the machine that it runs in; the daemon goes on.
    await tool('snapshot', 'restore', 'self', 'before-change', '--yes').catch(() => '');
    await expect
      .poll(() => inSandbox('ls', onHost(me, '/etc/hostname')).catch(() => ''), {
        timeout: 60_000,
        interval: 200,
      })
      .toContain('hostname');
    await expect.poll(() => statusOf(me), { timeout: 60_000, interval: 200 }).toBe('Running');
    await expect(inSandbox('ls', onHost(me, '/root/file'))).rejects.toThrow();
  });

  it('without the socket it says what is missing', async () => {
    await incusCli('config', 'device', 'remove', name, 'socket', '--project', project);
    await expect(tool('snapshot', 'create', 'self')).rejects.toThrow(
      /'self' needs the Incus daemon/,
    );
  });
});
