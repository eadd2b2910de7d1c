import { type Host, run } from '../base/system/index.ts';
import type { Incus, Instance } from '../incus/index.ts';
import type { InstanceRef } from './ref.ts';

/**
 * A daemon that was killed while it started a machine leaves the host's end of its NIC. True when that was in the way
 * of the machine and is gone.
 */
export async function clearHostInterfaces(
  incus: Incus,
  { project, name }: InstanceRef,
  host: Host | undefined,
): Promise<boolean> {
  if (!host) return false;
  const all = await incus.instances.list();
  const mine = interfacesOf(all.filter((one) => one.project === project && one.name === name));
  // A copy of the machine carries the same names; what runs keeps its NIC.
  const inUse = interfacesOf(all.filter((one) => one.status !== 'Stopped'));
  return clearLinks(
    host,
    mine.filter((link) => !inUse.includes(link)),
  );
}

function interfacesOf(instances: readonly Instance[]): string[] {
  return instances.flatMap((instance) =>
    Object.values(instance.expanded_devices).flatMap((device) =>
      device.type === 'nic' && device.host_name ? [device.host_name] : [],
    ),
  );
}

/** Removes those of the links that are there; true when there was one and it could be removed. */
export async function clearLinks(host: Host, links: readonly string[]): Promise<boolean> {
  const removals = links.map((link) => {
    const [first = 'ip', ...rest] = [...host.enter, 'ip', 'link', 'delete', link];
    return run([first, ...rest], { accept: [0, 1, 2] });
  });
  return (await Promise.all(removals)).some(({ code }) => code === 0);
}
