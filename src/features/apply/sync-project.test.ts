import { describe, expect, it } from 'vitest';
import type { Daemon } from '../../site/index.ts';
import { goneFrom } from './sync-project.ts';

const MINE = { 'user.anklume.project': 'mine' };

function daemon(chosen: Daemon['chosen'], projects: object[], instances: object[]) {
  const list = (all: object[]) => ({ list: async () => all });
  return {
    chosen,
    incus: { projects: list(projects), instances: list(instances) },
  } as unknown as Daemon;
}

describe('what is gone from a daemon', () => {
  const vault = { kind: 'domain', name: 'vault' } as const;
  const keys = { kind: 'machine', name: 'vault-keys' } as const;
  const project = { name: 'vault', config: MINE };

  it('is what no instance stands for, by mark or by name', async () => {
    const live = {
      name: '001-vault-keys',
      project: 'vault',
      config: { 'user.anklume.machine': 'vault-keys' },
    };
    const there = await goneFrom(daemon('named', [project], [live]), 'mine');
    expect([there(vault), there(keys)]).toEqual([false, false]);
    const bare = { name: 'vault-keys', project: 'elsewhere', config: {} };
    const named = await goneFrom(daemon('named', [project], [bare]), 'mine');
    expect([named(vault), named(keys)]).toEqual([true, false]);
    const none = await goneFrom(daemon('usual', [project], []), 'mine');
    expect([none(vault), none(keys)]).toEqual([true, true]);
  });

  it('is not known where the daemon may be another than the one it was made on', async () => {
    const other = await goneFrom(daemon('usual', [{ name: 'default', config: {} }], []), 'mine');
    expect([other(vault), other(keys)]).toEqual([false, false]);
  });
});
