import { describe, expect, it } from 'vitest';
import type { Instance, StorageVolume } from '../../incus/index.ts';
import { planRestore, type RestoreChoice, type Standing } from './choose-restore.ts';
import { type Archive, manifestOf } from './manifest.ts';

const file = { file: 'f', bytes: 1, sha256: '' };
const machine = (name: string, volumes: readonly string[] = [], project = 'p'): Archive => ({
  ...{ ...file, kind: 'instance', name, project, domain: 'pro', running: true },
  volumes: [...volumes],
});
const volume = (name: string, pool = 'fast', project = 'p'): Archive => ({
  ...{ ...file, kind: 'volume', name, project, pool, domain: 'pro' },
});
const web = machine('web', ['fast/data', 'fast/shared']);
const db = machine('db', ['fast/shared']);
const [data, shared] = [volume('data'), volume('shared')];
const manifest = manifestOf([
  ...[data, shared, volume('unused'), volume('data', 'slow'), volume('data', 'fast', 'other')],
  ...[web, db, { ...file, kind: 'files' } as const],
]);

const live = (name: string, project = 'p', guarded = false) =>
  ({
    ...{ name, project, config: guarded ? { 'security.protection.delete': 'true' } : {} },
    expanded_config: guarded ? { 'security.protection.delete': 'true' } : {},
  }) as unknown as Instance;
const standing = (more: Partial<Standing> = {}): Standing => ({
  ...{ projects: ['p', 'q'], instances: [live('else')], volumes: [] },
  ...more,
});
const plan = (choice: Partial<RestoreChoice> = {}, at: Standing = standing()) =>
  planRestore(manifest, { replace: false, force: false, ...choice }, at);
const refused = (code: string, ...words: readonly string[]) =>
  expect.objectContaining({
    code,
    text: expect.objectContaining({ en: expect.stringContaining(words.join(', ')) }),
  });

describe('P20d-05: a restore', () => {
  it('is all machines of the backup, and each volume that they use once', () => {
    const there = { project: 'p', volumes: new Map(), newcomer: false, replace: false };
    expect(plan()).toStrictEqual({
      instances: [
        { archive: web, name: 'web', ...there },
        { archive: db, name: 'db', ...there },
      ],
      volumes: [
        { archive: data, project: 'p', pool: 'fast', name: 'data' },
        { archive: shared, project: 'p', pool: 'fast', name: 'shared' },
      ],
      kept: [],
    });
  });

  it('of one under a new name makes a newcomer, with volumes of its own', () => {
    expect(plan({ only: 'web', name: 'web2' })).toStrictEqual({
      instances: [
        {
          ...{ archive: web, project: 'p', name: 'web2', newcomer: true, replace: false },
          volumes: new Map([
            ['fast/data', 'data-web2'],
            ['fast/shared', 'shared-web2'],
          ]),
        },
      ],
      volumes: [
        { archive: data, project: 'p', pool: 'fast', name: 'data-web2' },
        { archive: shared, project: 'p', pool: 'fast', name: 'shared-web2' },
      ],
      kept: [],
    });
    expect(plan({ only: 'web', name: 'web' }).instances).toMatchObject([{ newcomer: false }]);
  });

  it('goes to another project and pool when told so', () => {
    const { instances, volumes } = plan({ only: 'db', project: 'q', pool: 'slow', replace: true });
    expect(instances).toMatchObject([{ name: 'db', project: 'q', newcomer: false, replace: true }]);
    expect(volumes).toEqual([{ archive: shared, project: 'q', pool: 'slow', name: 'shared' }]);
  });

  it('leaves volumes that stand: those of the same place alone', () => {
    const stand = (project: string, pool: string, name: string) =>
      ({ project, pool, name }) as StorageVolume;
    const found = plan(
      {},
      standing({
        volumes: [
          stand('p', 'fast', 'shared'),
          stand('q', 'fast', 'data'),
          stand('p', 'slow', 'data'),
        ],
      }),
    );
    expect(found.kept).toEqual(['fast/shared']);
    expect(found.volumes.map(({ name }) => name)).toEqual(['data']);
  });

  it('is refused before the first change', () => {
    expect(() => plan({ only: 'x' })).toThrow(refused('not-in-backup', "'x'"));
    const empty = () => planRestore(manifestOf([]), { replace: false, force: false }, standing());
    expect(empty).toThrow(refused('not-in-backup', 'no machine.'));
    expect(() => plan({ only: 'x' })).toThrow(expect.objectContaining({ exit: 2 }));
    expect(() => plan({ name: 'new' })).toThrow(refused('one-name'));
    expect(() => plan({ name: 'new' })).toThrow(expect.objectContaining({ exit: 2 }));
    expect(() => plan({}, standing({ projects: ['q'] }))).toThrow(refused('no-project', ' p:'));
    expect(() => plan({ project: 'r' })).toThrow(refused('no-project', ' r:'));
  });

  it('puts nothing in the place of what is there, unless told so; of what is protected, told twice', () => {
    const there = standing({ instances: [live('web'), live('db', 'p', true), live('db', 'q')] });
    expect(() => plan({}, there)).toThrow(refused('already-there', 'web', 'db'));
    expect(() => plan({ replace: true }, there)).toThrow(refused('protected', ': db.'));
    expect(plan({ replace: true, force: true }, there).instances).toHaveLength(2);
    expect(plan({ replace: true, only: 'web' }, there).instances).toHaveLength(1);
    expect(plan({ project: 'q', only: 'web' }, there).instances).toHaveLength(1);
    expect(() => plan({ project: 'q' }, there)).toThrow(refused('already-there', 'daemon: db.'));
    expect(() => plan({ force: true, only: 'db' }, there)).toThrow(refused('already-there'));
  });
});
