import type { Emit } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { holding, isHeld } from '../../engine/index.ts';
import type { Instance, Network } from '../../incus/index.ts';
import { markedWorld } from '../../isolation/index.ts';
import type { Daemon } from '../../site/index.ts';
import { bootMark, writeBootMark } from '../../site/index.ts';

/**
 * Where nothing loads the isolation rules before Incus, no machine of ours starts with the host: also those of other
 * infrastructures, and those that are no longer declared. What somebody else put on a bridge of ours is named.
 */
export async function holdMachines({ incus }: Daemon, emit: Emit): Promise<void> {
  const [networks, instances] = await Promise.all([incus.networks.list(), incus.instances.list()]);
  for (const one of instances) {
    const change = holding(one);
    if (change) await incus.instances.patch(one.name, { config: change }, { project: one.project });
  }
  const others = besideOurs(networks, instances);
  if (others.length > 0) emit(startBefore(others.map(({ name, project }) => `${project}/${name}`)));
}

/** Says on the daemon how its host boots, and holds its machines where that is without rules. */
export async function settleBoot(daemon: Daemon, emit: Emit): Promise<void> {
  if (!daemon.host || daemon.sandbox !== undefined) return;
  await writeBootMark(daemon);
  if ((await bootMark(daemon)) === 'open') await holdMachines(daemon, emit);
}

/** Whether machines wait for an apply to start with the host, which does load the rules before them. */
export async function heldMachines(daemon: Daemon): Promise<boolean> {
  if ((await bootMark(daemon)) !== 'open') return false;
  const instances = await daemon.incus.instances.list();
  return instances.some((one) => isHeld(one));
}

function besideOurs(networks: readonly Network[], instances: readonly Instance[]): Instance[] {
  const { bridges, machines } = markedWorld({ networks, instances });
  const names = new Set(bridges.map(({ bridge }) => bridge));
  const ours = new Set(machines.map(({ project, instance }) => `${project}/${instance}`));
  return instances.filter(
    ({ name, project, ephemeral, expanded_config: config, expanded_devices: devices }) =>
      !ephemeral &&
      !ours.has(`${project}/${name}`) &&
      config['boot.autostart'] !== 'false' &&
      Object.values(devices).some(
        ({ type, network, parent }) => type === 'nic' && names.has(network ?? parent ?? ''),
      ),
  );
}

function startBefore(places: readonly string[]) {
  const names = places.map(printable).join(', ');
  return {
    type: 'note',
    level: 'warning',
    code: 'boot-not-held',
    text: {
      en: `After a reboot of the host these start before the isolation rules, on bridges of this tool, which did not make them: ${names}.`,
      fr: `Après un redémarrage de l'hôte, ces machines démarrent avant les règles d'isolation, sur des ponts de cet outil, qui ne les a pas créées : ${names}.`,
    },
    remedy: {
      en: "Run 'anklume network boot on', or set boot.autostart to false on them.",
      fr: 'Lancez « anklume network boot on », ou mettez-y boot.autostart à false.',
    },
  } as const;
}
