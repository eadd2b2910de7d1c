import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { listed } from '../engine/daemon.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { appliedWorld, inMachine, type World } from './world.ts';

const domain = uniqueName('e');
const box = `${domain}-box`;

let world: World;
let folder: string;
let gnupg: Record<string, string>;
let stranger: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-gpg-'));
  world = await appliedWorld(
    [domain],
    217,
    `  ${domain}:\n    ephemeral: true\n    machines: {${box}: {}}\n`,
  );
  await inMachine(
    domain,
    box,
    'echo a-very-secret-word > /root/secret; dd if=/dev/urandom of=/root/noise bs=1M count=60 2>/dev/null',
  );
  gnupg = await keyring('own');
  stranger = await keyring('stranger');
});

afterAll(async () => {
  for (const env of [gnupg, stranger]) await run(['gpgconf', '--kill', 'all'], { env });
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** A keyring of its own with one key for `me@example.org`. */
async function keyring(name: string): Promise<Record<string, string>> {
  const home = join(folder, name);
  await run(['mkdir', '-m', '700', home]);
  const env = { GNUPGHOME: home };
  const words = ['--quick-generate-key', 'me@example.org', 'default', 'default', 'never'];
  await run(['gpg', '--batch', '--quiet', '--passphrase', '', ...words], { env });
  return env;
}

async function create(to: string, env: Record<string, string>, ...words: string[]) {
  const done = await world.tool(['backup', 'create', '--json', '--to', to, ...words], { env });
  expect(done.code, done.stderr).toBe(0);
  const made = JSON.parse(done.stdout) as {
    folder: string;
    manifest: { archives: { file: string; kind: string }[] };
  };
  const file = made.manifest.archives.find(({ kind }) => kind === 'instance')?.file ?? '';
  return { folder: made.folder, archive: join(made.folder, file) };
}

// Matrix: BK-201
it('P20d-04: for a key: no plain archive is left, the key opens it, another does not', async () => {
  const to = join(folder, 'for-key');
  const { folder: made, archive } = await create(to, { ...gnupg, GPG_RECIPIENT: 'me@example.org' });
  expect(archive).toMatch(/\.tar\.gz\.gpg$/);
  const plain = (await readdir(made)).filter((name) => !name.endsWith('.gpg')).sort();
  expect(plain).toEqual(['SHA256SUMS', 'manifest.json']);
  const leftovers = await inSandbox('find', '/var/lib/incus/backups', '-type', 'f');
  expect(leftovers).toBe('');
  const bytes = await readFile(archive);
  expect(bytes.subarray(0, 2).toString('hex')).not.toBe('1f8b');
  expect((await world.tool(['backup', 'verify', made], { env: stranger })).code).toBe(0);

  const wrong = await world.tool(['backup', 'restore', archive, `${box}-n`], { env: stranger });
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringContaining('could not be decrypted'),
  ]);
  expect((await listed(domain)).map(({ name }) => name)).toEqual([box]);
  const right = await world.tool(['backup', 'restore', archive, `${box}-n`, '--start'], {
    env: gnupg,
  });
  expect(right.code, right.stderr).toBe(0);
  expect(await inMachine(domain, `${box}-n`, 'cat /root/secret')).toBe('a-very-secret-word');
  // It also opens without this program.
  const { stdout } = await run(
    ['sh', '-c', `gpg --batch --quiet --decrypt '${archive}' | tar -tz | grep -m1 index.yaml`],
    {
      env: gnupg,
    },
  );
  expect(stdout).toBe('backup/index.yaml');
});

it('with a passphrase, which no argument and no log shows', async () => {
  const secret = join(folder, 'passphrase');
  await writeFile(secret, 'open sesame\n');
  const { archive } = await create(join(folder, 'by-word'), gnupg, '--passphrase-file', secret);
  const wrong = await world.tool(['backup', 'restore', archive, `${box}-p`], {
    env: { ...gnupg, ANKLUME_BACKUP_PASSPHRASE: 'wrong' },
  });
  expect(wrong.code).toBe(1);
  const words = ['backup', 'restore', archive, `${box}-p`, '--passphrase-file', secret, '--start'];
  const right = await world.tool([...words, '--debug'], { env: gnupg });
  expect(right.code, right.stderr).toBe(0);
  expect(right.stderr).not.toContain('sesame');
  expect(await inMachine(domain, `${box}-p`, 'cat /root/secret')).toBe('a-very-secret-word');
});

it('a key that does not exist stops everything before a file is written', async () => {
  const to = join(folder, 'none');
  const words = ['backup', 'create', '--to', to, '--recipient', 'nobody@example.org'];
  expect((await world.tool(words, { env: gnupg })).code).toBe(2);
  await expect(readdir(to)).rejects.toMatchObject({ code: 'ENOENT' });
});

// Matrix: BK-303
it('a full disk: told, nothing is left, and nothing is taken for a backup', async () => {
  const small = join(folder, 'small');
  await run(['mkdir', small]);
  await run(['mount', '-t', 'tmpfs', '-o', 'size=30m', 'tmpfs', small]);
  try {
    const full = await world.tool(['backup', 'create', '--to', small]);
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('not enough room')]);
    expect(await readdir(small)).toEqual([]);
    expect(await incusCli('query', `/1.0/instances/${box}/backups?project=${domain}`)).toMatch(
      /^\[\]/,
    );
  } finally {
    await run(['umount', small]);
  }
});

it('killed at any moment: nothing half is taken for a backup or a machine, and the next run cleans up', async () => {
  const to = join(folder, 'killed');
  for (const killAfter of [400, 900, 1500, 2200, 3000]) {
    const { signal } = await world.tool(['backup', 'create', box, '--to', to], { killAfter });
    const { stdout } = await world.tool(['backup', 'list', '--json', '--to', to]);
    const { backups } = JSON.parse(stdout) as { backups: { folder: string }[] };
    if (signal === 'SIGKILL')
      for (const one of backups)
        expect((await world.tool(['backup', 'verify', one.folder])).code).toBe(0);
  }
  const { archive } = await create(to, {}, box);
  expect((await readdir(to)).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(await incusCli('query', `/1.0/instances/${box}/backups?project=${domain}`)).toMatch(
    /^\[\]/,
  );

  for (const killAfter of [500, 1000, 1600, 2400]) {
    const name = `${box}-k${killAfter}`;
    await world.tool(['backup', 'restore', archive, name], { killAfter });
    const standing = (await listed(domain)).find((one) => one.name === name);
    // What has its name is whole: without the marks of its original.
    if (standing) expect(standing.config['user.anklume.machine']).toBeUndefined();
  }
  expect((await world.tool(['backup', 'restore', archive, `${box}-last`, '--start'])).code).toBe(0);
  expect(await inMachine(domain, `${box}-last`, 'cat /root/secret')).toBe('a-very-secret-word');
  const unfinished = (await listed(domain)).filter(({ name }) =>
    name.startsWith('anklume-restore-'),
  );
  expect(unfinished).toEqual([]);
  expect(inject('home')).not.toBe('');
});
