import { setTimeout as pause } from 'node:timers/promises';
import type { Emit } from '../../base/messages/index.ts';
import { type Incus, isKind, type StreamItem } from '../../incus/index.ts';
import { answersInside } from './ask.ts';
import { type Setting, SOCKET_DEVICE, socketDevice } from './devices.ts';
import { type AdminPlace, changeInstance, lookAtAdmin, without } from './place.ts';

/** Milliseconds between two looks where nothing happened: a proxy that was killed tells nobody. */
const ROUND = 60_000;

/** Looks at a machine that has just started, before its proxy is bound anew. */
const LOOKS = 3;
const BETWEEN_LOOKS = 2000;

/** What may cost a machine its socket. */
const ACTIONS = ['instance-started', 'instance-restarted', 'instance-resumed', 'instance-updated'];

/**
 * Keeps the socket of an admin container working until `signal` is aborted: looks after each start of the machine or of
 * the daemon and once a minute, and binds the proxy anew where no daemon answers inside. Throws `incus-unreachable`
 * when the daemon stays away.
 */
export async function keepSocket(
  incus: Incus,
  place: AdminPlace,
  setting: Pick<Setting, 'root' | 'owner' | 'socket'>,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
): Promise<void> {
  const stop = new AbortController();
  const ending = AbortSignal.any([signal, stop.signal]);
  const once = async () => {
    try {
      if (await mendSocket(incus, place, setting, ending)) emit(mended(place));
    } catch (error) {
      // A daemon that is away: the stream of events waits for it, or gives up.
      if (!isKind(error, 'unreachable', 'unknown-outcome')) throw error;
    }
  };
  let last = Promise.resolve();
  const look = () => {
    last = last.then(once);
    return last;
  };
  const rounds = async () => {
    for (;;) {
      await look();
      await pause(ROUND, undefined, { signal: ending });
    }
  };
  const events = async () => {
    for await (const item of incus.events(['lifecycle'], ending))
      if (concerns(item, place)) await look();
  };
  try {
    await Promise.all([rounds(), events()]);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stop.abort();
  }
}

/** Binds the proxy anew where no daemon answers inside. True when it had to. A stopped machine is left alone. */
export async function mendSocket(
  incus: Incus,
  place: AdminPlace,
  setting: Pick<Setting, 'root' | 'owner' | 'socket'>,
  signal: AbortSignal,
): Promise<boolean> {
  for (let looks = 1; ; looks += 1) {
    if ((await lookAtAdmin(incus, place, setting.root)).state !== 'yes') return false;
    if (await answersInside(incus, place, signal)) return false;
    if (looks === LOOKS) break;
    await pause(BETWEEN_LOOKS, undefined, { signal });
  }
  await changeInstance(incus, place, ({ config, devices }) => ({
    config,
    devices: without(devices, [SOCKET_DEVICE]),
  }));
  await changeInstance(incus, place, ({ config, devices }) => ({
    config,
    devices: { ...devices, [SOCKET_DEVICE]: socketDevice(setting) },
  }));
  return true;
}

/** Whether something happened after which the socket is worth a look. */
export function concerns(item: StreamItem, { project, instance }: AdminPlace): boolean {
  if (item.type === 'gap') return true;
  if (item.type !== 'lifecycle') return false;
  const { action, name, project: where = 'default' } = item.metadata;
  return ACTIONS.includes(action) && name === instance && where === project;
}

function mended({ instance }: AdminPlace) {
  return {
    type: 'note',
    level: 'info',
    code: 'admin-socket-mended',
    text: {
      en: `No daemon answered inside '${instance}': its socket was re-created.`,
      fr: `Aucun démon ne répondait dans « ${instance} » : son socket a été rétabli.`,
    },
  } as const;
}
