import type { Incus, Instance } from '../incus/index.ts';

/** The part of an instance that tells. */
interface Mapped extends Pick<Instance, 'status' | 'config' | 'expanded_config'> {
  readonly type: string;
}

/**
 * Whether a container runs as root of the host itself, though nobody made it privileged. The daemon starts it so where
 * it knows no users for it: after `incus rebuild` of one that never ran.
 */
export function runsAsHostRoot(live: Mapped): boolean {
  const current = live.config['volatile.idmap.current'];
  // One that a daemon of before started may say nothing.
  return (
    live.status !== 'Stopped' &&
    isMeantToBeMapped(live) &&
    current !== undefined &&
    isEmpty(current)
  );
}

/** Whether it would at its next start. */
export function startsAsHostRoot(live: Mapped): boolean {
  const { config } = live;
  // In the order in which the daemon looks.
  const map =
    config['volatile.idmap.next'] ??
    config['volatile.idmap.current'] ??
    config['volatile.last_state.idmap'];
  return isMeantToBeMapped(live) && isEmpty(map);
}

/** Gives a container that has no users some, before it is started. */
export async function giveUsers(incus: Incus, live: Instance): Promise<void> {
  if (startsAsHostRoot(live)) await incus.instances.chooseUsers(live);
}

function isMeantToBeMapped({ type, expanded_config: config }: Mapped): boolean {
  return type === 'container' && !/^(true|1|yes|on)$/i.test(config['security.privileged'] ?? '');
}

function isEmpty(untrustedMap: string | undefined): boolean {
  return untrustedMap === undefined || /^\s*(\[\s*\]|null)?\s*$/.test(untrustedMap);
}
