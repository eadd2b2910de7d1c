import { expect, it } from 'vitest';
import { desiredWorld } from '../../tests/integration/network/world.ts';
import type { StoragePool } from '../incus/index.ts';
import { ownRootSize, profileRootSize } from './machine-defaults.ts';
import type { Observed } from './observed.ts';

const pool = { name: 'default', driver: 'btrfs', space: { total: 100 * 2 ** 30, used: 0 } };
const seen = (quotas?: boolean) =>
  ({
    pools: [pool as unknown as StoragePool],
    instances: [],
    profiles: [],
    ...(quotas !== undefined && { quotas }),
  }) as unknown as Observed;
const { domains } = desiredWorld(1, [{ name: 'pro', machines: ['pro-1'] }]);

it('gives root disks no size of its own inside a container, where the daemon could make no machine with one', () => {
  for (const domain of domains) {
    for (const quotas of [undefined, true])
      expect(profileRootSize(domain, 'default', seen(quotas))).toBe('75GiB');
    expect(profileRootSize(domain, 'default', seen(false))).toBeUndefined();
    const asked = { ...domain, ceilings: { disk: '10GiB' } };
    expect(profileRootSize(asked, 'default', seen(false))).toBe('10GiB');
    for (const machine of domain.machines)
      expect(ownRootSize(domain, machine, 'default', seen(false), undefined)).toEqual({
        ownRoot: false,
      });
  }
});
