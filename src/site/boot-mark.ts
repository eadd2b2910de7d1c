import type { Observed } from '../engine/index.ts';
import { isBootGuarded, markedWorld } from '../isolation/index.ts';
import { MARK } from '../world/tree/index.ts';
import type { Daemon } from './daemon.ts';

/** Whether the daemon's host loads the isolation rules before it; undefined where nobody ever looked. */
export type BootMark = 'guarded' | 'open';

/**
 * How the daemon's host boots: what is so, where that host can be looked at, else what was written on the daemon by
 * somebody who could. A sandbox has its rules before its machines.
 */
export async function bootMark(daemon: Daemon): Promise<BootMark | undefined> {
  return (await foundAtBoot(daemon)) ?? written((await daemon.incus.server()).config[MARK.boot]);
}

async function foundAtBoot({ host, sandbox }: Daemon): Promise<BootMark | undefined> {
  if (!host || sandbox !== undefined) return undefined;
  return (await isBootGuarded(host)) ? 'guarded' : 'open';
}

function written(untrustedWord: string | undefined): BootMark | undefined {
  return untrustedWord === 'guarded' || untrustedWord === 'open' ? untrustedWord : undefined;
}

/** What was observed, with how the host boots in the place of what was written of it. */
export async function withBoot(
  daemon: Daemon,
  observing: Promise<Observed>,
  promised?: BootMark,
): Promise<Observed> {
  const [observed, found] = await Promise.all([observing, promised ?? foundAtBoot(daemon)]);
  if (found === undefined) return observed;
  const { server } = observed;
  return { ...observed, server: { ...server, config: { ...server.config, [MARK.boot]: found } } };
}

/** Writes it on the daemon, for the admin container and for other hosts. */
export async function writeBootMark(daemon: Daemon): Promise<void> {
  const found = await foundAtBoot(daemon);
  if (found === undefined) return;
  if (written((await daemon.incus.server()).config[MARK.boot]) === found) return;
  await daemon.incus.patchServer({ [MARK.boot]: found });
}

/** Takes it off a daemon that has nothing of ours any more. */
export async function forgetBootMark({ incus }: Daemon): Promise<void> {
  if ((await incus.server()).config[MARK.boot] === undefined) return;
  const [networks, instances] = await Promise.all([incus.networks.list(), incus.instances.list()]);
  const { bridges, machines } = markedWorld({ networks, instances });
  if (bridges.length + machines.length === 0) await incus.patchServer({ [MARK.boot]: '' });
}
