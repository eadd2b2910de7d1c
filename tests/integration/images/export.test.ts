import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { imageServer } from '../incus/image-server.ts';
import { serveInside } from '../incus/inside.ts';
import { projectOf, write } from '../provision/world.ts';
import { anklume, clearAway, incusCli, incusQuery, resultOf, uniqueName } from '../support.ts';

const tag = uniqueName('e');
const split = `${tag}/split`;

/** One nested host and one machine that is none. */
const infra = (global: string, image = 'probe') => `project_name: ${tag}
global: { base_subnet: "10.84", default_os_image: "${image}"${global} }
domains:
  ${tag}:
    subnet_id: 1
    ephemeral: true
    machines:
      ${tag}-host: { config: { security.nesting: true } }
      ${tag}-plain: {}
`;

interface Exported {
  readonly folder: string;
  readonly exported: readonly string[];
  readonly unchanged: readonly string[];
}

describe('images in a folder', () => {
  let work = '';
  let folder = '';
  let project = '';
  const good = async <T>(words: readonly string[], home?: string): Promise<T> => {
    const env = home === undefined ? {} : { env: { ANKLUME_HOME: home } };
    const outcome = await anklume([...words, '--json'], { cwd: project, ...env });
    expect(outcome.code, outcome.stderr).toBe(0);
    return resultOf<T>(outcome);
  };
  /** Names, times and sizes of all files. */
  const faces = async () =>
    Promise.all(
      (await readdir(folder)).sort().map(async (name) => {
        const { ino, mtimeMs, size } = await stat(join(folder, name));
        return [name, ino, mtimeMs, size];
      }),
    );
  const sums = () => run(['sha256sum', '--check', '--strict', 'SHA256SUMS'], { cwd: folder });
  const fingerprintOf = async (alias: string) =>
    (await incusQuery<{ target: string }>(`/1.0/images/aliases/${encodeURIComponent(alias)}`))
      .target;

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'export-'));
    folder = join(work, 'images');
    project = await projectOf({ 'infra.yml': infra('') });
    // An image in two files, beside the probe, which is one.
    const place = join(work, 'split');
    await mkdir(join(place, 'rootfs/etc'), { recursive: true });
    await writeFile(join(place, 'rootfs/etc/data'), randomBytes(3_000_000));
    await writeFile(
      join(place, 'metadata.yaml'),
      'architecture: x86_64\ncreation_date: 1700000000\nproperties: {os: test}\n',
    );
    await run(['tar', '-C', place, '-cJf', `${place}/meta.tar.xz`, 'metadata.yaml']);
    await run(['tar', '-C', join(place, 'rootfs'), '-cJf', `${place}/root.tar.xz`, '.']);
    const files = [`${place}/meta.tar.xz`, `${place}/root.tar.xz`];
    await incusCli('image', 'import', ...files, '--alias', split, '--quiet');
  }, 120_000);
  afterAll(async () => {
    await clearAway(project, [tag]);
    await incusCli('image', 'delete', split).catch(() => undefined);
    await rm(work, { recursive: true, force: true });
  }, 120_000);

  it('P18e-01: are archives with checksums, and a second export changes nothing', async () => {
    const words = ['export-images', 'probe', split, '--to', folder];
    expect(await good<Exported>(words)).toMatchObject({
      exported: ['probe', split],
      unchanged: [],
    });
    await sums();
    const names = await readdir(folder);
    const path = (ending: string) =>
      join(folder, names.find((name) => name.endsWith(ending)) ?? '');
    expect((await run(['tar', '-tf', path('.image')])).stdout).toContain('rootfs/bin/busybox');
    expect((await run(['tar', '-tf', path('.rootfs')])).stdout).toContain('./etc/data');
    const before = await faces();
    expect(await good<Exported>(words)).toMatchObject({
      exported: [],
      unchanged: ['probe', split],
    });
    expect(await faces()).toEqual(before);
  }, 120_000);

  it('P18e-01: are written anew where they were damaged or a run was cut short', async () => {
    const name = (await readdir(folder)).find((one) => one.endsWith('.rootfs')) ?? '';
    const bytes = await readFile(join(folder, name));
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    await writeFile(join(folder, name), bytes);
    await writeFile(join(folder, '.partial-0-0'), 'left by a run that was killed');
    await expect(sums()).rejects.toThrow();
    const words = ['image', 'export', 'probe', split, '--to', folder];
    expect(await good<Exported>(words)).toMatchObject({ exported: [split], unchanged: ['probe'] });
    await sums();
    expect((await readdir(folder)).filter((one) => one.startsWith('.'))).toEqual([]);
  }, 120_000);

  it('are imported under their names, with the same fingerprint, unless they are damaged', async () => {
    const target = await fingerprintOf(split);
    await incusCli('image', 'delete', split);
    await good(['image', 'import', '--from', folder]);
    expect(await fingerprintOf(split)).toBe(target);
    await incusCli('image', 'delete', split);
    const name = (await readdir(folder)).find((one) => one.endsWith('.rootfs')) ?? '';
    const bytes = await readFile(join(folder, name));
    await writeFile(join(folder, name), Buffer.concat([bytes.subarray(1), Buffer.from('x')]));
    const { code, stderr } = await anklume(['image', 'import', split, '--from', folder, '--json']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('image-file-damaged')]);
    await writeFile(join(folder, name), bytes);
    // And found by whoever needs it: the folder is `images` of this home.
    await good(['image', 'build', `local:${split}`], work);
    expect(await fingerprintOf(split)).toBe(target);
  }, 120_000);

  it('P18e-04: go to images/ below the home folder, unless the export directory is declared', async () => {
    await write(project, { 'infra.yml': infra('') });
    await good(['sync']);
    const home = join(work, 'home');
    const byDefault = await good<Exported>(['image', 'export'], home);
    expect(byDefault).toMatchObject({ folder: join(home, 'images'), exported: ['probe'] });
    const other = join(work, 'other');
    await write(project, { 'infra.yml': infra(`, incus_images_export_dir: ${other}`) });
    await good(['sync']);
    expect(await good<Exported>(['image', 'export'], home)).toMatchObject({ folder: other });
    expect((await readdir(other)).filter((name) => name.endsWith('.json'))).toHaveLength(1);
    expect((await stat(other)).mode & 0o777).toBe(0o755);
  }, 120_000);

  it('P18e-01, P18e-04: with the option apply exports them, and nested hosts alone see the folder, read-only', async () => {
    const shared = join(work, 'shared');
    const option = `, incus_images_export_dir: ${shared}, incus_images_export_for_nesting: true`;
    await write(project, { 'infra.yml': infra(option) });
    await good(['apply', '--sync']);
    expect((await readdir(shared)).filter((name) => name.endsWith('.json'))).toHaveLength(1);
    const look = (machine: string) =>
      incusCli('exec', '--project', tag, machine, '--', 'ls', '/var/lib/anklume/images');
    expect(await look(`${tag}-host`)).toContain('SHA256SUMS');
    await expect(look(`${tag}-plain`)).rejects.toThrow();
    const touch = ['touch', '/var/lib/anklume/images/x'];
    await expect(incusCli('exec', '--project', tag, `${tag}-host`, '--', ...touch)).rejects.toThrow(
      /[Rr]ead-only/,
    );
    expect(await good<{ entries: unknown[] }>(['plan'])).toMatchObject({ entries: [] });
  }, 120_000);

  it('P18e-03: a download that stands still ends at the declared limit, with words that name it', async () => {
    const mark = uniqueName('stall-');
    const place = join(work, 'split');
    const files = await imageServer(mark, `${place}/meta.tar.xz`, `${place}/root.tar.xz`);
    await using server = await serveInside(files, '/files/root.tar.xz');
    const conf = join(work, 'conf');
    await mkdir(join(conf, 'servercerts'), { recursive: true });
    const remote = `{ addr: '${server.url}', protocol: simplestreams, public: true }`;
    await writeFile(join(conf, 'config.yml'), `remotes: { stalling: ${remote} }\n`);
    await writeFile(join(conf, 'servercerts', 'stalling.crt'), server.certificate);
    const limit = ', incus_images_download_timeout: 3';
    await clearAway('', [tag]);
    // The server has the same bytes: the daemon would take its own.
    await incusCli('image', 'delete', split);
    await write(project, { 'infra.yml': infra(limit, `stalling:${mark}/13`) });
    const { code, stderr } = await anklume(['apply', 'infra', '--sync'], {
      cwd: project,
      env: { INCUS_CONF: conf },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/stalling.*nothing has come from it for 3 s/s);
    expect(stderr).toContain('incus_images_download_timeout');
    await expect
      .poll(() => incusCli('operation', 'list'), { timeout: 60_000 })
      .not.toContain('Downloading');
  }, 120_000);
});
