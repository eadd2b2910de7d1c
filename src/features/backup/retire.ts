import {
  type Incus,
  type Instance,
  type InstancePut,
  isNotFound,
  readAndWrite,
} from '../../incus/index.ts';

/**
 * Removes an instance whatever state it is in; one that is gone already is a success. The network is taken from it
 * first: while another instance has its addresses, the daemon takes no other change, and a protected one has to be
 * changed before it can go.
 */
export async function retireInstance(incus: Incus, project: string, name: string): Promise<void> {
  const at = { project };
  try {
    await incus.instances.setState(name, 'stop', { ...at, force: true });
    await readAndWrite(
      () => incus.instances.get(name, at),
      withoutTies,
      (put, etag) => incus.instances.update(name, put, { ...at, etag }),
    ).catch(async (error: unknown) => {
      // Of an instance whose volume is missing the change is saved, and then not noted in the volume.
      const { value } = await incus.instances.get(name, at);
      if (value.config[PROTECTION] === 'true') throw error;
    });
    await incus.instances.delete(name, at);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

const PROTECTION = 'security.protection.delete';

/** Nothing but its root, and no protection. */
function withoutTies(live: Instance): InstancePut {
  const { architecture, config, description, ephemeral, expanded_devices, stateful } = live;
  const kept = Object.entries(config).filter(
    ([key]) => key !== PROTECTION && !/^volatile\..*\.(?:hwaddr|host_name)$/.test(key),
  );
  const root = Object.entries(expanded_devices).filter(([, { path }]) => path === '/');
  return {
    architecture,
    description,
    ephemeral,
    stateful,
    profiles: [],
    config: Object.fromEntries(kept),
    devices: Object.fromEntries(root),
  };
}
