import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { incusCli, incusQuery, inSandbox, uniqueName } from '../support.ts';
import { appliedWorld, inMachine, rootOf, type World } from './world.ts';

const pro = uniqueName('r');
const perso = uniqueName('s');
const dev = `${pro}-dev`;
const mail = `${pro}-mail`;
const box = `${perso}-box`;
const shared = uniqueName('shared');

let world: World;
let here: string;

beforeAll(async () => {
  here = await mkdtemp(join(tmpdir(), 'anklume-files-'));
  const volume = `storage_volumes: {${shared}: {path: /srv/shared}}`;
  world = await appliedWorld(
    [pro, perso],
    216,
    `  ${pro}:\n    ephemeral: true\n    file_portal: {allowed_paths: ['${here}/portal'], read_only: true}\n` +
      `    machines:\n      ${dev}: {${volume}}\n      ${mail}: {${volume}}\n` +
      `  ${perso}:\n    ephemeral: true\n    machines: {${box}: {}}\n`,
    `services:\n  drop: {machine: ${dev}, tools: [file_accept], consumers: [${perso}]}\n` +
      `  out: {machine: ${box}, tools: [file_provide], consumers: [host]}\n` +
      `  in: {machine: ${box}, tools: [file_accept], consumers: [host]}\n`,
  );
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await rm(here, { recursive: true, force: true });
});

const copy = (...words: string[]) => world.tool(['file', 'copy', ...words]);
const sums = (project: string, name: string, path: string) =>
  inSandbox(
    'sh',
    '-c',
    `cd ${rootOf(project, name)}${path} && { { find . ! -type l -printf '%P|%y|%m|%U|%G\\n'; find . -type l -printf '%P|%l\\n'; } | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum`,
  );

async function audited(): Promise<{ result: string; from: string; to: string; user: string }[]> {
  const text = await readFile(join(inject('home'), 'audit/files.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

// Matrix: BK-103
it('P20d-01: empty, large, binary, odd names, owners and rights from machine to machine; nothing stays on the host', async () => {
  await inMachine(
    perso,
    box,
    'mkdir -p /root/d/sub/deep && cd /root/d && : > empty && dd if=/dev/urandom of=large bs=1M count=200 2>/dev/null && ' +
      'head -c 100000 /dev/urandom > "a name; with $(odd) \'signs\'" && printf "\\303\\251\\377" > "$(printf "raw-\\377\\376")" && ' +
      'for i in $(seq 500); do echo $i > sub/$i; done && ln -s ../empty sub/link && chown -R 1000:1001 sub && chmod 640 large && chmod 770 sub/deep',
  );
  const before = await readdir(tmpdir());
  const { code, stderr } = await copy(`${box}:/root/d`, `${dev}:/root/new`);
  expect(code, stderr).toBe(0);
  expect(await sums(pro, dev, '/root/new')).toBe(await sums(perso, box, '/root/d'));
  const strangers = (await readdir(tmpdir())).filter(
    (name) => !before.includes(name) && name.startsWith('.anklume'),
  );
  expect(strangers).toEqual([]);
  // A machine that is stopped takes part as well, and a folder that is there takes the other one in.
  await incusCli('stop', '--force', box, '--project', perso);
  expect((await copy(`${box}:/root/d`, `${dev}:/root/new/`)).code).toBe(0);
  await incusCli('start', box, '--project', perso);
  expect(await sums(pro, dev, '/root/new/d')).toBe(await sums(perso, box, '/root/d'));
});

// Matrix: BK-302
it('P20d-02: an undeclared pair is refused and written down, a declared one goes through', async () => {
  const refused = await copy(`${dev}:/root/new/empty`, `${box}:/root/x`);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('file_accept')]);
  expect(await inMachine(perso, box, 'ls /root')).toBe('d');
  const portal = await copy(`${dev}:/root/new/empty`, `${here}/portal/x`);
  expect(portal.code).toBe(2);
  expect((await copy(`${box}:/root/d/empty`, `${dev}:/root/from-box`)).code).toBe(0);
  const lines = await audited();
  expect(lines).toContainEqual(
    expect.objectContaining({
      result: 'refused',
      from: `${dev}:/root/new/empty`,
      to: `${box}:/root/x`,
    }),
  );
  expect(lines.slice(-2)).toEqual([
    expect.objectContaining({ result: 'started', rule: 'services.drop' }),
    expect.objectContaining({ result: 'done', files: 1, to: `${dev}:/root/from-box` }),
  ]);
});

it('what cannot be written down is not done', async () => {
  const options = { env: { ANKLUME_HOME: '/etc/hostname' } };
  const done = await world.tool(
    ['file', 'copy', `${box}:/root/d/empty`, `${dev}:/root/unseen`],
    options,
  );
  expect([done.code, done.stderr]).toEqual([1, expect.stringContaining('written down')]);
  expect(await inMachine(pro, dev, 'ls /root')).not.toContain('unseen');
});

it('between the host and a machine: through the portal, and with a service', async () => {
  await run(['mkdir', '-p', join(here, 'portal/in/sub')]);
  await writeFile(join(here, 'portal/in/sub/f'), 'from the host', { mode: 0o640 });
  expect((await copy(join(here, 'portal/in'), `${dev}:/root/`)).code).toBe(0);
  expect(await inMachine(pro, dev, 'cat /root/in/sub/f; stat -c " %a" /root/in/sub/f')).toBe(
    'from the host 640',
  );
  // A link out of the portal is judged by where it leads.
  await symlink('/etc', join(here, 'portal/out'));
  expect((await copy(join(here, 'portal/out/hostname'), `${dev}:/root/h`)).code).toBe(2);

  await inMachine(
    perso,
    box,
    'echo s > /root/suid && chmod 6755 /root/suid && chown 1:1 /root/suid',
  );
  const back = await copy(`${box}:/root/suid`, join(here, 'suid'));
  expect(back.code, back.stderr).toBe(0);
  const { mode, uid } = await stat(join(here, 'suid'));
  expect([(mode & 0o7777).toString(8), uid]).toEqual(['755', process.getuid?.()]);
});

// Matrix: BK-304
it('a hostile machine writes nowhere else: devices, pipes, links out, and links that wait on the host', async () => {
  await inMachine(
    perso,
    box,
    'mkdir -p /root/evil/sub && cd /root/evil && echo good > good && mkfifo pipe && ln -s /etc/passwd abs && ln -s ../../x up && echo owned > sub/file',
  );
  const target = join(here, 'target');
  const refused = await copy(`${box}:/root/evil`, target);
  expect(refused.code).toBe(1);
  for (const name of ['pipe', 'abs', 'up']) expect(refused.stderr).toContain(`${name}: it is`);
  expect(await readdir(here)).not.toContain('target');

  const skipped = await copy('--skip-unfit', `${box}:/root/evil`, target);
  expect(skipped.code, skipped.stderr).toBe(0);
  expect((await readdir(target)).sort()).toEqual(['good', 'sub']);

  // A folder of the target that is swapped for a link is not followed.
  const victim = join(here, 'victim');
  await run(['mkdir', victim]);
  await rm(join(target, 'sub'), { recursive: true });
  await symlink(victim, join(target, 'sub'));
  const again = await copy('--skip-unfit', `${box}:/root/evil/.`, target);
  expect(again.code).toBe(1);
  expect(await readdir(victim)).toEqual([]);
  // Nor is a file: the link itself is replaced.
  await rm(join(target, 'good'));
  await symlink(join(victim, 'f'), join(target, 'good'));
  expect((await copy(`${box}:/root/evil/good`, join(target, 'good'))).code).toBe(0);
  expect(await readdir(victim)).toEqual([]);
  expect(await readFile(join(target, 'good'), 'utf8')).toBe('good\n');
});

it('a full disk is told before anything is written, and a kill leaves no part under its name', async () => {
  const small = join(here, 'small');
  await run(['mkdir', small]);
  await run(['mount', '-t', 'tmpfs', '-o', 'size=50m', 'tmpfs', small]);
  try {
    const full = await copy(`${box}:/root/d`, `${small}/d`);
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('not enough room')]);
    expect(await readdir(small)).toEqual([]);
  } finally {
    await run(['umount', small]);
  }
  const killed = await world.tool(['file', 'copy', `${box}:/root/d/large`, join(here, 'large')], {
    killAfter: 900,
  });
  if (killed.signal === 'SIGKILL') expect(await readdir(here)).not.toContain('large');
  expect((await copy(`${box}:/root/d/large`, join(here, 'large'))).code).toBe(0);
  const [sum] = (await run(['sha256sum', join(here, 'large')])).stdout.split(' ');
  expect(await inMachine(perso, box, 'sha256sum /root/d/large')).toContain(sum);
  expect((await readdir(here)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

// Matrix: BK-104
it('P20d-06: a volume of two machines is read and written by both, by no other, and stays as declared', async () => {
  await inMachine(pro, dev, 'echo hello > /srv/shared/x && chmod 666 /srv/shared/x');
  expect(await inMachine(pro, mail, 'cat /srv/shared/x; echo back >> /srv/shared/x')).toBe('hello');
  expect(await inMachine(pro, dev, 'cat /srv/shared/x')).toBe('hello\nback');
  expect(await inMachine(perso, box, 'ls /srv 2>/dev/null || true')).toBe('');
  const volume = await incusQuery<{ used_by: string[] }>(
    `/1.0/storage-pools/default/volumes/custom/${shared}?project=${pro}`,
  );
  expect(volume.used_by).toHaveLength(2);
  expect((await world.tool(['apply'])).stdout).toContain('0 changes');
});

it('B07-12: from one to many, each judged by itself, and from many into a folder for each', async () => {
  await inMachine(perso, box, 'mkdir -p /root/out && echo exercise > /root/out/sheet');
  const sent = await copy(`${box}:/root/out/sheet`, `${pro}:/root/`);
  // One of the two takes files from there, the other does not.
  expect(sent.code).toBe(1);
  expect(sent.stdout).toMatch(new RegExp(`✓ ${box}:/root/out/sheet → ${dev}:/root/`));
  expect(sent.stdout).toMatch(new RegExp(`✗ .* → ${mail}:/root/`));
  expect(await inMachine(pro, dev, 'cat /root/sheet')).toContain('exercise');

  await inMachine(pro, mail, 'mkdir -p /root/work && echo done > /root/work/answer');
  const handedIn = await copy(`${pro}:/root/work`, `${dev}:/root/collected`);
  expect(handedIn.code, handedIn.stderr).toBe(0);
  expect(await inMachine(pro, dev, `cat /root/collected/${mail}/work/answer`)).toContain('done');

  // A link in the place of a folder of the host leads nowhere.
  const [collected, elsewhere] = [join(here, 'collected'), join(here, 'elsewhere')];
  await mkdir(elsewhere);
  const from = `${box},${dev}:/root/out`;
  expect((await copy(from, collected)).stdout).toContain(`✓ ${box}:/root/out`);
  expect(await readFile(join(collected, box, 'out/sheet'), 'utf8')).toBe('exercise\n');
  await rm(join(collected, box), { recursive: true });
  await symlink(elsewhere as string, join(collected, box));
  expect((await copy(from, `${collected}/`)).stdout).toContain(`✗ ${box}:/root/out`);
  expect(await readdir(elsewhere)).toEqual([]);

  for (const words of [
    [`${pro}:/root/x`, `${pro}:/root/y`],
    ['nobody:/root/x', '.'],
    [`${pro},:/root/x`, '.'],
  ])
    expect((await copy(...words)).code, words.join(' ')).toBe(words[0]?.includes(',:') ? 1 : 2);
});
