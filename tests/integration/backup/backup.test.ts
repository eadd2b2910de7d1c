import {
  appendFile,
  copyFile,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { listed, removeDomains } from '../engine/daemon.ts';
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
  await removeDomains(`${perso}-x`);
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
it('B07-03: the files of the project come back into a new folder alone: also own plays, and what a link leads to', async () => {
  const infra = join(world.folder, 'infra.yml');
  const real = join(backups, 'elsewhere.yml');
  await rename(infra, real);
  await symlink(real, infra);
  const site = join(world.folder, 'site.yml');
  await appendFile(site, '- name: Mine\n  hosts: all\n  tasks: []\n');
  await writeFile(join(world.folder, 'requirements.yml'), '[]\n');
  const created = await create(box);
  const to = join(backups, 'project');
  const words = ['backup', 'restore', created.folder, '--project-to', to, '--only-project'];
  const restored = await world.tool(words);
  expect(restored.code, restored.stderr).toBe(0);
  expect((await lstat(join(to, 'infra.yml'))).isFile()).toBe(true);
  for (const file of ['infra.yml', 'site.yml', 'requirements.yml'])
    expect(await readFile(join(to, file))).toEqual(await readFile(join(world.folder, file)));
  expect(await readdir(join(to, 'host_vars'))).toEqual([`${dev}.yml`, `${box}.yml`].sort());
  expect((await world.tool(words)).code).toBe(2);
  // A machine that is there already is refused; the files came all the same, and are told.
  const beside = join(backups, 'beside');
  const refused = await world.tool(['backup', 'restore', created.folder, '--project-to', beside]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`The files of the project are in ${beside}.`);
  expect(refused.stderr).toContain(`Already on the daemon: ${box}. Nothing was changed there.`);
  expect(await readdir(beside)).toContain('infra.yml');
});

it('B07-03: what others made stays, whatever its name is', async () => {
  const to = join(backups, 'shared');
  await mkdir(join(to, '.mine.part'), { recursive: true });
  await writeFile(join(to, '.mine.part/data'), 'mine');
  await writeFile(join(to, '.other.part'), 'mine');
  const token = 'a'.repeat(32);
  await mkdir(join(to, `.anklume-${token}.part`));
  await writeFile(join(to, `.anklume-${token}.part/data`), 'mine');
  const names = ['anklume-restore-mine', `Anklume-Restore-${token}`];
  for (const name of names) {
    await incusCli('create', 'probe', name, '--project', perso, '--quiet');
    await incusCli('config', 'set', name, 'security.protection.delete=true', '--project', perso);
    await incusCli('storage', 'volume', 'create', 'default', name, '--project', perso);
  }
  const backup = JSON.stringify({ name: 'anklume-mine' });
  const at = `/1.0/instances/${box}/backups?project=${perso}`;
  await incusCli('query', '-X', 'POST', '--wait', '-d', backup, at);
  const archive = archiveOf(await create(box, '--to', to), box);
  const restored = await world.tool(['backup', 'restore', archive, `${box}-too`]);
  expect(restored.code, restored.stderr).toBe(0);
  for (const file of ['.mine.part/data', '.other.part', `.anklume-${token}.part/data`])
    expect(await readFile(join(to, file), 'utf8')).toBe('mine');
  expect(await incusCli('query', at)).toContain('anklume-mine');
  const volumes = await incusCli('storage', 'volume', 'list', 'default', '--project', perso);
  const machines = (await listed(perso)).map(({ name }) => name);
  for (const name of names) {
    expect(machines).toContain(name);
    expect(volumes).toContain(name);
    await incusCli('config', 'set', name, 'security.protection.delete=false', '--project', perso);
    await incusCli('delete', name, '--project', perso);
    await incusCli('storage', 'volume', 'delete', 'default', name, '--project', perso);
  }
  await incusCli('delete', `${box}-too`, '--project', perso);
});

describe('B07-03: a restore that was killed while it replaced a protected machine', () => {
  const token = '0123456789abcdef'.repeat(2);
  const [work, aside] = [`Anklume-Restore-${token}`, `Anklume-Replaced-${token}`];
  const on = (...words: string[]) => incusCli(...words, '--project', perso);
  let archive: string;

  /** What a run notes before it begins, and what it makes, with the client. */
  async function cutOff(note: object, ...steps: string[][]) {
    const text = JSON.stringify({ kind: 'instance', name: box, ...note });
    await incusCli('project', 'set', perso, `user.anklume.restore.${token}=${text}`);
    for (const step of steps) await on(...step);
  }
  async function isItself() {
    const machines = await listed(perso);
    expect(machines.map(({ name, status }) => [name, status])).toEqual([[box, 'Running']]);
    expect(machines[0]?.config['security.protection.delete']).toBe('true');
    expect(await incusCli('project', 'show', perso)).not.toContain('restore');
    return inMachine(perso, box, 'cat /root/when');
  }

  beforeAll(async () => {
    await on('config', 'set', box, 'security.protection.delete=true');
    await inMachine(perso, box, 'echo saved > /root/when');
    archive = archiveOf(await create(box), box);
    await inMachine(perso, box, 'echo later > /root/when');
  });

  it('before the new one was whole: the next one does it', async () => {
    await cutOff({}, ['import', archive, work]);
    const words = ['backup', 'restore', archive, '--replace', '--force', '--yes', '--start'];
    const next = await world.tool(words);
    expect(next.code, next.stderr).toBe(0);
    expect(next.stderr).toContain('was cut off');
    expect(await isItself()).toBe('saved');
    await inMachine(perso, box, 'echo later > /root/when');
  });

  it('before the old one made room: apply, too, finds it as it was', async () => {
    await cutOff({ replaces: 'running' }, ['import', archive, work], ['stop', '--force', box]);
    expect((await world.tool(['apply', 'infra', '--yes', '--limit', pro])).code).toBe(0);
    expect(await isItself()).toBe('later');
  });

  it('when the old one had made room: apply makes none anew, but gives it its name back', async () => {
    const moved = [
      ['import', archive, work],
      ['stop', '--force', box],
      ['rename', box, aside],
    ];
    await cutOff({ replaces: 'running' }, ...moved);
    expect((await world.tool(['apply', 'infra', '--yes', '--limit', pro])).code).toBe(0);
    expect(await isItself()).toBe('later');
  });

  it('when the new one had its name: the old one goes', async () => {
    const moved = [
      ['stop', '--force', box],
      ['rename', box, aside],
      ['import', archive, box],
    ];
    await cutOff({ replaces: 'running' }, ...moved);
    expect((await world.tool(['apply', 'infra', '--yes', '--limit', pro])).code).toBe(0);
    await on('start', box);
    expect(await isItself()).toBe('saved');
    await inMachine(perso, box, 'echo later > /root/when');
  });

  it('when somebody made one anew meanwhile: nobody’s data go, and it is said which is which', async () => {
    const moved = [
      ['import', archive, work],
      ['stop', '--force', box],
      ['rename', box, aside],
      ['create', 'probe', box, '--quiet'],
    ];
    await cutOff({ replaces: 'running' }, ...moved);
    const refused = await world.tool([
      'backup',
      'restore',
      archive,
      '--replace',
      '--force',
      '--yes',
    ]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(aside)]);
    expect((await listed(perso)).map(({ name }) => name).sort()).toEqual([work, aside, box].sort());
    await on('delete', box);
    expect((await world.tool(['apply', 'infra', '--yes', '--limit', pro])).code).toBe(0);
    expect(await isItself()).toBe('later');
  });
});

it('B07-03: an archive goes where its machine was, wherever the command runs', async () => {
  const alone = join(backups, 'alone');
  await mkdir(alone);
  const archive = archiveOf(await create(box), box);
  await copyFile(archive, join(alone, 'moved.tar.gz'));
  await incusCli('config', 'set', box, 'security.protection.delete=false', '--project', perso);
  await incusCli('delete', '--force', box, '--project', perso);
  const restored = await world.tool(['backup', 'restore', 'moved.tar.gz', '--start'], {
    cwd: alone,
  });
  expect([restored.code, restored.stdout]).toEqual([0, expect.stringContaining(`${perso}/${box}`)]);
  expect((await listed(perso)).map(({ name }) => name)).toEqual([box]);
  const stray = await incusCli('list', '--project', 'default', '--format', 'csv', '-c', 'n');
  expect(stray).not.toContain(box);

  // Into somebody else's project only as a stranger, that nothing there takes for a declared machine.
  await incusCli('project', 'create', `${perso}-x`, '-c', 'features.images=false');
  await incusCli(
    'profile',
    'device',
    'add',
    'default',
    'root',
    'disk',
    'path=/',
    'pool=default',
    '--project',
    `${perso}-x`,
  );
  const beside = await world.tool(['backup', 'restore', archive, '--project', `${perso}-x`]);
  expect(beside.code, beside.stderr).toBe(0);
  const [copy] = await listed(`${perso}-x`);
  for (const mark of ['project', 'domain', 'machine', 'keys'])
    expect(copy?.config[`user.anklume.${mark}`]).toBeUndefined();
  expect(copy?.devices.eth0?.hwaddr).toBeUndefined();
});
