import type { Text } from '../../../base/messages/index.ts';
import { connect, type Incus, isNotFound, locateSocket } from '../../../incus/index.ts';
import type { Former } from '../ledger.ts';
import type { NetworkChange, PoolChange, ProfileChange } from '../step.ts';
import type { Handler, Standing } from './handler.ts';

/** Works with this host's daemon, once it is fully up. */
export async function withIncus<T>(work: (incus: Incus) => Promise<T>): Promise<T> {
  const incus = await connect({ socket: await locateSocket(process.env) });
  try {
    await incus.ready();
    return await work(incus);
  } finally {
    await incus.close();
  }
}

/** The storage pool of all machines. */
export const pool: Handler<PoolChange> = {
  stands: ({ name }) => exists((incus) => incus.pools.get(name)),
  former: none,
  async carryOut({ name, driver, config }) {
    await withIncus(async (incus) => {
      // One that an earlier run was killed in is neither there nor away.
      const found = (await incus.pools.list()).find((one) => one.name === name);
      if (found?.status === 'Created') return;
      if (found) await incus.pools.delete(name);
      await incus.pools.create({ name, driver, config: { ...config } });
    });
    return {};
  },
  async standing({ name, driver }): Promise<Standing> {
    const found = await find((incus) => incus.pools.get(name));
    if (!found) return 'missing';
    return found.value.driver === driver ? 'kept' : 'changed';
  },
  takeBack: ({ name }) =>
    withIncus(async (incus) => {
      const found = await incus.pools.get(name).catch(unlessAbsent);
      if (!found) return undefined;
      if (found.value.used_by.length > 0) return inUse(`pool ${name}`, found.value.used_by);
      await incus.pools.delete(name);
      return undefined;
    }),
};

/** A bridge with addresses and a way out, for machines of no domain. */
export const network: Handler<NetworkChange> = {
  stands: ({ name }) => exists((incus) => incus.networks.get(name)),
  former: none,
  async carryOut({ name, config }) {
    await withIncus(async (incus) => {
      const found = (await incus.networks.list()).find((one) => one.name === name && one.managed);
      if (found?.status === 'Created') return;
      if (found) await incus.networks.delete(name);
      await incus.networks.create({ name, type: 'bridge', config: { ...config } });
    });
    return {};
  },
  async standing({ name, config }): Promise<Standing> {
    const found = await find((incus) => incus.networks.get(name));
    if (!found) return 'missing';
    const { config: now } = found.value;
    return Object.entries(config).every(([key, value]) => now[key] === value) ? 'kept' : 'changed';
  },
  takeBack: ({ name }) =>
    withIncus(async (incus) => {
      const found = await incus.networks.get(name).catch(unlessAbsent);
      if (!found) return undefined;
      if (found.value.used_by.length > 0) return inUse(`network ${name}`, found.value.used_by);
      await incus.networks.delete(name);
      return undefined;
    }),
};

/** The devices of the profile that machines of no domain get. */
export const profile: Handler<ProfileChange> = {
  async stands(change) {
    return (await standingOf(change)) === 'kept';
  },
  former: ({ name }) =>
    withIncus(async (incus) => {
      const { devices } = (await incus.profiles.get(name, { project: 'default' })).value;
      return { devices: devices as Former };
    }),
  async carryOut(change) {
    const { name } = change;
    await withIncus(async (incus) => {
      const { value } = await incus.profiles.get(name, { project: 'default' });
      const { description, config, devices } = value;
      const put = { description, config, devices: { ...devices, ...devicesOf(change) } };
      await incus.profiles.update(name, put, { project: 'default' });
    });
    return {};
  },
  standing: standingOf,
  takeBack: (change, former) =>
    withIncus(async (incus) => {
      const { value } = await incus.profiles.get(change.name, { project: 'default' });
      const { description, config, used_by } = value;
      if (used_by.length > 0) return inUse(`profile ${change.name}`, used_by);
      const devices = { ...value.devices };
      for (const [name, ours] of Object.entries(devicesOf(change)))
        if (JSON.stringify(sorted(devices[name])) === JSON.stringify(sorted(ours)))
          delete devices[name];
      const before = former.devices as Record<string, Record<string, string>> | undefined;
      const put = { description, config, devices: { ...devices, ...before } };
      await incus.profiles.update(change.name, put, { project: 'default' });
      return undefined;
    }),
};

async function standingOf(change: ProfileChange): Promise<Standing> {
  const found = await find((incus) => incus.profiles.get(change.name, { project: 'default' }));
  if (!found) return 'missing';
  const { devices } = found.value;
  return Object.entries(devicesOf(change)).every(
    ([name, ours]) => JSON.stringify(sorted(devices[name])) === JSON.stringify(sorted(ours)),
  )
    ? 'kept'
    : 'changed';
}

function devicesOf(change: ProfileChange): Record<string, Record<string, string>> {
  return {
    root: { type: 'disk', path: '/', pool: change.pool },
    eth0: { type: 'nic', name: 'eth0', network: change.network },
  };
}

function sorted(device: Record<string, string> | undefined): [string, string][] {
  return Object.entries(device ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

async function none(): Promise<Former> {
  return {};
}

/** Undefined where it is not there, and where no daemon answers. */
async function find<T>(ask: (incus: Incus) => Promise<T>): Promise<T | undefined> {
  const socket = await locateSocket(process.env).catch(() => undefined);
  if (socket === undefined) return undefined;
  return withIncus((incus) => ask(incus).catch(unlessAbsent));
}

async function exists(ask: (incus: Incus) => Promise<unknown>): Promise<boolean> {
  return (await find(ask)) !== undefined;
}

function unlessAbsent(error: unknown): undefined {
  if (isNotFound(error)) return undefined;
  throw error;
}

function inUse(what: string, users: readonly string[]): Text {
  const some = users.slice(0, 3).join(', ');
  return {
    en: `The ${what} stays: ${some} uses it.`,
    fr: `${what} reste : ${some} s'en sert.`,
  };
}
