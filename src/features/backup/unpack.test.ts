import { spawnSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Event } from '../../base/messages/index.ts';
import { projectFiles } from './project-files.ts';
import { readTar } from './tar/read.ts';
import { type Entry, writeTar } from './tar/write.ts';
import { unpackProject } from './unpack.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-unpack-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const at = (...names: string[]) => join(folder, ...names);
const write = async (path: string, text: string, mode = 0o644) => {
  await mkdir(join(at(path), '..'), { recursive: true });
  await writeFile(at(path), text, { mode });
};

async function* one(bytes: Buffer) {
  yield bytes;
}
async function all(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

/** What GNU tar makes of a folder, as root where the tests run as root. */
function tarOf(from: string, ...args: string[]): Buffer {
  const made = spawnSync('tar', ['--create', '--gzip', '-C', at(from), ...args], {
    maxBuffer: 1 << 28,
  });
  if (made.status !== 0) throw new Error(String(made.stderr));
  return made.stdout;
}

const file = (path: string, text: string): Entry => ({
  path,
  mode: 0o644,
  mtimeMs: 0,
  content: { kind: 'file', size: text.length, bytes: one(Buffer.from(text)) },
});

const isRoot = process.getuid?.() === 0;

describe('B07-03: the files of a project', () => {
  it('are all that makes it: own plays, requirements, what a link leads to; and GNU tar reads them', async () => {
    const long = `roles_custom/${'long-name-'.repeat(9)}/tasks/main.yml`;
    await write('out/infra.yml', 'project_name: x\n');
    await write('out/roles/web/tasks/main.yml', '- debug:\n');
    await write('p/site.yml', '- mine\n', 0o600);
    await write('p/mine.yml', '- my own play\n');
    await write('p/requirements.yml', '- src: x\n');
    await write(`p/${long}`, 'x');
    await write('p/host_vars/wé b.yml', 'a: b\n');
    await write('p/.git/config', 'secret');
    await write('p/big.iso', 'not ours');
    await symlink('../out/infra.yml', at('p/infra.yml'));
    await symlink(at('out/roles'), at('p/roles'));
    await symlink('site.yml', at('p/all.yml'));
    await symlink('..', at('p/roles_custom/around'));
    await symlink('nowhere', at('p/group_vars'));
    spawnSync('mkfifo', [at('p/host_vars/pipe')]);
    const told: Event[] = [];
    const archive = await all(projectFiles(at('p'), (event) => told.push(event)));
    await mkdir(at('gnu'));
    const gnu = spawnSync('tar', ['-xz', '-C', at('gnu')], { input: archive });
    expect(String(gnu.stderr)).toBe('');
    expect(await unpackProject(one(archive), at('ours'))).toEqual([]);
    for (const where of ['gnu', 'ours']) {
      expect((await readdir(at(where))).sort()).toEqual([
        'all.yml',
        'host_vars',
        'infra.yml',
        'mine.yml',
        'requirements.yml',
        'roles',
        'roles_custom',
        'site.yml',
      ]);
      expect(await readFile(at(where, 'infra.yml'), 'utf8')).toBe('project_name: x\n');
      expect(await readFile(at(where, 'roles/web/tasks/main.yml'), 'utf8')).toBe('- debug:\n');
      expect(await readFile(at(where, long), 'utf8')).toBe('x');
      expect(await readFile(at(where, 'host_vars/wé b.yml'), 'utf8')).toBe('a: b\n');
      expect(await readlink(at(where, 'all.yml'))).toBe('site.yml');
      expect((await stat(at(where, 'site.yml'))).mode & 0o7777).toBe(0o600);
    }
    const left = told.map((event) => (event.type === 'note' ? event.text.en : ''));
    expect(left.map((text) => /backup: ([^,]*),/.exec(text)?.[1])).toEqual([
      'group_vars',
      'host_vars/pipe',
      'roles_custom/around',
    ]);
  });

  it('come back with no rights beyond reading, writing and running, no device, no pipe', async () => {
    await write('from/infra.yml', 'x', 0o600);
    await write('from/tool', 'x', 0o755);
    await chmod(at('from/tool'), 0o6755);
    await mkdir(at('from/open'));
    await chmod(at('from/open'), 0o3777);
    spawnSync('mkfifo', [at('from/pipe')]);
    if (isRoot) spawnSync('mknod', [at('from/null'), 'c', '1', '3']);
    await symlink('infra.yml', at('from/good'));
    await symlink('/etc/passwd', at('from/absolute'));
    await symlink('../../x', at('from/out'));
    spawnSync('ln', [at('from/infra.yml'), at('from/twin')]);
    const left = await unpackProject(one(tarOf('from', '.')), at('to'));
    expect([...left].sort()).toEqual(
      [...(isRoot ? ['null'] : []), 'absolute', 'out', 'pipe'].sort(),
    );
    expect((await readdir(at('to'))).sort()).toEqual(['good', 'infra.yml', 'open', 'tool', 'twin']);
    expect((await stat(at('to/tool'))).mode & 0o7777).toBe(0o755);
    expect((await stat(at('to/open'))).mode & 0o7000).toBe(0);
    expect((await stat(at('to/infra.yml'))).mode & 0o7777).toBe(0o600);
    expect(await readFile(at('to/twin'), 'utf8')).toBe('x');
  });

  const made = async (entries: Partial<Entry>[]) =>
    gzipSync(
      await all(
        writeTar(
          (async function* () {
            for (const entry of entries)
              yield {
                path: 'x',
                mode: 0o644,
                mtimeMs: 0,
                content: { kind: 'folder' },
                ...entry,
              } as Entry;
          })(),
        ),
      ),
    );
  it.each<[string, () => Promise<Buffer>]>([
    ['leads out', async () => made([file('../x', 'a')])],
    ['leads out further down', async () => made([file('a/../../x', 'a')])],
    ['is absolute', async () => made([file('/tmp/x', 'a')])],
    ['stands there twice', async () => made([file('a', 'a'), file('a', 'b')])],
    ['is a file and a folder', async () => made([file('a', 'a'), file('a/b', 'b')])],
    [
      'goes through a link',
      async () =>
        made([
          { path: 'a', content: { kind: 'link', target: 'b' } },
          file('a/c', 'b'),
          file('infra.yml', 'x'),
        ]),
    ],
    ['is no archive', async () => Buffer.from('hello')],
    ['ends early', async () => (await made([file('a', 'x'.repeat(5000))])).subarray(0, 40)],
    [
      'was changed',
      async () => {
        const tar = await all(
          writeTar(
            (async function* () {
              yield file('a', 'x');
            })(),
          ),
        );
        tar[10] = 65;
        return gzipSync(tar);
      },
    ],
  ])('an archive in which a name %s leaves nothing behind', async (_, archive) => {
    await expect(unpackProject(one(await archive()), at('to'))).rejects.toMatchObject({
      code: 'archive-unusable',
    });
    expect(await readdir(folder)).toEqual([]);
    await mkdir(at('there'));
    await expect(unpackProject(one(await archive()), at('there'))).rejects.toThrow();
    expect(await readdir(at('there'))).toEqual([]);
  });

  it.each([
    ['../x', [file('../x', 'a')]],
    ['a/b', [file('a', 'a'), file('a/b', 'b')]],
    ['a', [file('a', 'a'), file('a', 'b')]],
  ])('an archive that is refused for a name says which: %s', async (name, entries) => {
    const refused = unpackProject(one(await made(entries)), at('to'));
    await expect(refused).rejects.toThrow(`'${name}' leads out of the folder, or is there twice`);
  });

  it('have a limit, however small the archive is', async () => {
    const archive = await made([
      file('zeros', '0'.repeat(1 << 20)),
      file('a', 'x'),
      file('b', 'x'),
    ]);
    for (const [bytes, files] of [
      [1 << 20, 9],
      [1 << 30, 2],
    ] as const) {
      await expect(unpackProject(one(archive), at('to'), { bytes, files })).rejects.toMatchObject({
        code: 'archive-too-large',
      });
      expect(await readdir(folder)).toEqual([]);
    }
    expect(await unpackProject(one(archive), at('to'), { bytes: 1 << 21, files: 3 })).toEqual([]);
  });
});

it('any names and bytes come back from an archive as they were put in', async () => {
  const name = fc.string({ unit: fc.constantFrom(...'aé /.x'), minLength: 1, maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(name, fc.uint8Array({ maxLength: 2000 })), { maxLength: 5 }),
      async (files) => {
        const entries = files.map(([path, bytes]) => ({
          ...file(path, ''),
          content: { kind: 'file' as const, size: bytes.length, bytes: one(Buffer.from(bytes)) },
        }));
        const back: [string, Uint8Array][] = [];
        const tar = writeTar(
          (async function* () {
            yield* entries;
          })(),
        );
        for await (const { path, content } of readTar(tar))
          back.push([path, new Uint8Array(await all(content))]);
        expect(back).toEqual(files);
      },
    ),
    { seed: 5, numRuns: 60 },
  );
});
