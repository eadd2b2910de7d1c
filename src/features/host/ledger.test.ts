import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begun, done, type Ledger, readLedger, without, writeLedger } from './ledger.ts';
import { planUninstall } from './uninstall.ts';

const EMPTY: Ledger = { version: 1, entries: [] };
const LINK = { kind: 'link', path: '/usr/local/bin/anklume', target: '/opt/a' } as const;
const POOL = { kind: 'pool', name: 'default', driver: 'dir', config: {} } as const;
const FILE = { kind: 'file', path: '/etc/sysctl.d/60-anklume.conf', text: 'a\n' } as const;
const NO_DATA = { instances: 0, volumes: 0, images: 0, settings: 0, unseen: false };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anklume-ledger-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('the ledger', () => {
  it('B09-01: what stood there first counts, however often a change is begun', () => {
    const once = begun(EMPTY, LINK, { target: '/first' }, '1');
    const twice = begun(done(once, LINK), LINK, { target: '/opt/a' }, '2');
    expect(twice.entries).toEqual([
      {
        name: 'link:/usr/local/bin/anklume',
        state: 'begun',
        at: '1',
        change: LINK,
        former: { target: '/first' },
      },
    ]);
    expect(done(twice, LINK, { more: 1 }).entries[0]).toMatchObject({
      state: 'done',
      former: { target: '/first', more: 1 },
    });
    expect(without(twice, 'link:/usr/local/bin/anklume')).toEqual(EMPTY);
  });

  it('is read as it was written, by root alone', async () => {
    const path = join(folder, 'a', 'ledger.json');
    const ledger = begun(EMPTY, FILE, { bytes: 'AA==', mode: 420 }, '1');
    await writeLedger(ledger, path);
    expect(await readLedger(path)).toEqual(ledger);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readLedger(join(folder, 'none'))).toEqual(EMPTY);
  });

  it.each(['', 'null', '{}', '{"version":1,"entries":[{"name":"file:/x"}]}', '[1'])(
    'is refused where it is another file: %s',
    async (text) => {
      const path = join(folder, 'other.json');
      await writeFile(path, text);
      await expect(readLedger(path)).rejects.toMatchObject({ code: 'ledger-unreadable' });
    },
  );

  const entries = [FILE, POOL, LINK].reduce(
    (ledger, change) => done(begun(ledger, change, {}, '1'), change),
    EMPTY,
  ).entries;

  it('B09-01: the last change goes first', () => {
    const plan = planUninstall(entries, NO_DATA, false);
    expect(plan.map(({ name, kept }) => [name, kept])).toEqual([
      ['link:/usr/local/bin/anklume', undefined],
      ['pool:default', undefined],
      ['file:/etc/sysctl.d/60-anklume.conf', undefined],
    ]);
  });

  it.each([{ instances: 1 }, { volumes: 1 }, { images: 1 }, { settings: 1 }, { unseen: true }])(
    'B09-01: while there is %j, Incus and what it needs stay, unless it is purged',
    (some) => {
      const data = { ...NO_DATA, ...some };
      const kept = (purge: boolean) =>
        planUninstall(entries, data, purge).flatMap(({ name, kept }) => (kept ? [name] : []));
      expect(kept(false)).toEqual(['pool:default', 'file:/etc/sysctl.d/60-anklume.conf']);
      expect(kept(true)).toEqual([]);
    },
  );
});
