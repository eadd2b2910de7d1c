import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../../src/system/index.ts';
import { listed } from '../engine/daemon.ts';
import { incusCli, inSandbox, uniqueName } from '../support.ts';
import { appliedWorld, digestOf, inMachine, rootOf, type World } from './world.ts';

const pro = uniqueName('p');
const perso = uniqueName('q');
const dev = `${pro}-dev`;
const box = `${perso}-box`;
const volume = uniqueName('data');

let world: World;
let backups: string;
let before: string;

interface Archive {
  readonly file: string;
  readonly kind: string;
  readonly name: string;
}
interface Created {
  readonly folder: string;
  readonly manifest: { readonly archives: readonly Archive[] };
  readonly removed: readonly string[];
}

beforeAll(async () => {
  backups = await mkdtemp(join(tmpdir(), 'anklume-backups-'));
  world = await appliedWorld(
    [pro, perso],
    215,
    `  ${pro}:\n    machines:\n      ${dev}:\n        storage_volumes: {${volume}: {path: /srv/data}}\n` +
      `  ${perso}:\n    ephemeral: true\n    machines: {${box}: {}}\n`,
  );
  await fill();
  before = await digestOf(pro, dev, '/home');
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(backups, { recursive: true, force: true });
});

/** Real data: 20,000 small files, holes, hard links, links, owners, rights and extended attributes. */
async function fill(): Promise<void> {
  const many =
    'for d in $(seq 0 199); do mkdir -p /home/many/$d; for f in $(seq 0 99); do echo $d-$f > /home/many/$d/$f; done; done';
  const odd =
    'cd /home && truncate -s 64M big.sparse && echo end >> big.sparse && echo one > first && ln first second && ln -s first link && ' +
    'echo x > "a name  with spaces" && mkfifo pipe && mkdir -m 700 closed && echo s > closed/secret && chown -R 1000:1001 closed && chmod 4755 first';
  await inMachine(pro, dev, `${many}; ${odd}; echo kept > /srv/data/file`);
  await inSandbox('setfattr', '-n', 'user.note', '-v', 'kept', `${rootOf(pro, dev)}/home/first`);
}

async function create(...words: string[]): Promise<Created> {
  const { code, stdout, stderr } = await world.tool([
    ...['backup', 'create', '--json'],
    ...(words.includes('--to') ? [] : ['--to', backups]),
    ...words,
  ]);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Created;
}

const archiveOf = ({ folder, manifest }: Created, name: string) =>
  join(folder, manifest.archives.find((one) => one.name === name)?.file ?? '');

// Matrix: BK-101
it('P20d-03 P20d-05: all machines, volumes and the project; restored beside and after deletion, data equal', async () => {
  const created = await create();
  const files = await readdir(created.folder);
  const stamp = /\d{8}T\d{6}Z/.exec(created.folder)?.[0];
  expect(files.sort()).toEqual(
    [
      'SHA256SUMS',
      'manifest.json',
      `${dev}-${stamp}.tar.gz`,
      `${box}-${stamp}.tar.gz`,
      `project.files-${stamp}.tar.gz`,
      `volume.${pro}.default.${volume}-${stamp}.tar.gz`,
    ].sort(),
  );
  await run(['sha256sum', '--check', '--strict', 'SHA256SUMS'], { cwd: created.folder });
  const left = await incusCli('query', `/1.0/instances/${dev}/backups?project=${pro}`);
  expect(left.trim()).toBe('[]');

  const archive = archiveOf(created, dev);
  const again = await world.tool(['backup', 'restore', archive]);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining(dev)]);

  const old = `${dev}-old`;
  const beside = await world.tool(['backup', 'restore', archive, old, '--start']);
  expect(beside.code, beside.stderr).toBe(0);
  expect(await digestOf(pro, old, '/home')).toBe(before);
  expect(await inMachine(pro, old, 'cat /srv/data/file')).toBe('kept');
  const both = await listed(pro);
  expect(both.map(({ status }) => status)).toEqual(['Running', 'Running']);
  expect(new Set(both.map(({ config }) => config['volatile.eth0.hwaddr'])).size).toBe(2);
  expect(both.find(({ name }) => name === old)?.config['user.anklume.machine']).toBeUndefined();

  await incusCli('config', 'set', dev, 'security.protection.delete=false', '--project', pro);
  await incusCli('delete', '--force', dev, '--project', pro);
  await incusCli('storage', 'volume', 'delete', 'default', volume, '--project', pro);
  const back = await world.tool(['backup', 'restore', archive, '--start']);
  expect(back.code, back.stderr).toBe(0);
  expect(await digestOf(pro, dev, '/home')).toBe(before);
  expect(await inMachine(pro, dev, 'cat /srv/data/file')).toBe('kept');
  const applied = await world.tool(['apply']);
  expect(applied.stdout).toContain('0 changes');
});

// Matrix: BK-102
it('P20d-03: one machine; the archive is what plain incus import reads', async () => {
  const created = await create(box);
  expect(created.manifest.archives.map(({ kind }) => kind).sort()).toEqual(['files', 'instance']);
  const copy = uniqueName('plain');
  await incusCli('import', archiveOf(created, box), copy, '--project', perso);
  expect((await listed(perso)).map(({ name }) => name)).toContain(copy);
  await incusCli('delete', copy, '--project', perso);
});

it('a machine is replaced on a word alone, a protected one on two; snapshots come back too', async () => {
  await incusCli('snapshot', 'create', dev, 'early', '--project', pro);
  const archive = archiveOf(await create(dev), dev);
  await inMachine(pro, dev, 'echo later > /root/later');
  const guarded = await world.tool(['backup', 'restore', archive, '--replace', '--yes']);
  expect([guarded.code, guarded.stderr]).toEqual([1, expect.stringContaining('--force')]);
  const asked = await world.tool(['backup', 'restore', archive, '--replace', '--force']);
  expect([asked.code, asked.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  expect(await inMachine(pro, dev, 'cat /root/later')).toBe('later');

  const words = ['backup', 'restore', archive, '--replace', '--force', '--yes', '--start'];
  const replaced = await world.tool(words);
  expect(replaced.code, replaced.stderr).toBe(0);
  expect(await inMachine(pro, dev, 'ls /root')).toBe('');
  expect(await digestOf(pro, dev, '/home')).toBe(before);
  const snapshots = await incusCli('query', `/1.0/instances/${dev}/snapshots?project=${pro}`);
  expect(snapshots).toContain('early');
});

it('optimized: also times and holes are what they were', async () => {
  const exact = await digestOf(pro, dev, '/home', true);
  const archive = archiveOf(await create(dev, '--optimized', '--no-snapshots'), dev);
  const copy = `${dev}-copy`;
  expect((await world.tool(['backup', 'restore', archive, copy])).code).toBe(0);
  // Only a machine that runs is mounted where the host can look.
  await incusCli('start', copy, '--project', pro);
  expect(await digestOf(pro, copy, '/home', true)).toBe(exact);
});

// Matrix: BK-301
it('verify finds what changed or went; a damaged archive is never restored', async () => {
  const created = await create(perso);
  const archive = archiveOf(created, box);
  expect((await world.tool(['backup', 'verify', created.folder])).code).toBe(0);
  const bytes = await readFile(archive);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(archive, bytes);
  const verified = await world.tool(['backup', 'verify', created.folder, '--json']);
  expect(verified.code).toBe(1);
  expect(JSON.parse(verified.stdout)).toMatchObject({
    sound: false,
    verdicts: expect.arrayContaining([expect.objectContaining({ state: 'damaged' })]),
  });
  const restored = await world.tool(['backup', 'restore', archive, `${box}-bad`]);
  expect([restored.code, restored.stderr]).toEqual([1, expect.stringContaining('checksum')]);
  await rm(archive);
  expect((await world.tool(['backup', 'verify', created.folder])).stdout).toContain('MISSING');
  expect((await listed(perso)).map(({ name }) => name)).toEqual([box]);
});

// Matrix: BK-203
it('--keep leaves the newest of the same scope, and what others put beside them', async () => {
  const to = join(backups, 'kept');
  const made: Created[] = [];
  for (let n = 0; n < 3; n += 1) made.push(await create(perso, '--to', to));
  await writeFile(join(made[0]?.folder ?? '', 'note.txt'), 'mine');
  const all = await create('--to', to, box, '--keep', '1');
  expect(all.removed).toEqual([]);
  const last = await create('--to', to, perso, '--keep', '2');
  expect(last.removed).toEqual([made[0]?.folder, made[1]?.folder]);
  expect(await readdir(made[0]?.folder ?? '')).toEqual(['note.txt']);
  const { stdout } = await world.tool(['backup', 'list', '--to', to, '--json']);
  const left = (JSON.parse(stdout) as { backups: { folder: string }[] }).backups;
  expect(left.map(({ folder }) => folder).sort()).toEqual(
    [made[2]?.folder, all.folder, last.folder].sort(),
  );
});

// Matrix: BK-204
it('the files of the project come back into a new folder alone', async () => {
  const created = await create(box);
  const to = join(backups, 'project');
  const words = ['backup', 'restore', created.folder, '--project-to', to, '--only-project'];
  expect((await world.tool(words)).code).toBe(0);
  expect(await readFile(join(to, 'infra.yml'))).toEqual(
    await readFile(join(world.folder, 'infra.yml')),
  );
  expect(await readdir(join(to, 'host_vars'))).toEqual([`${dev}.yml`, `${box}.yml`].sort());
  expect((await world.tool(words)).code).toBe(2);
});
