import pLimit from 'p-limit';
import { AnklumeError, type Text } from '../../base/messages/index.ts';
import { type Incus, type Instance, isNotFound, readAndWrite } from '../../incus/index.ts';
import { startMachine } from '../../repair/index.ts';
import type { Move, Wanted } from '../plan.ts';
import type { PerformContext } from './context.ts';
import { putWith, stopInstance } from './instance.ts';
import { updateNetwork } from './network.ts';
import { isUncertain } from './recover.ts';

type Devices = Instance['devices'];

/** A machine that goes along, as it was before. */
interface Mover {
  readonly move: Move;
  readonly runs: boolean;
  readonly devices: Devices;
}

/** Machines stopped, changed or started at a time. */
const AT_ONCE = 8;

/**
 * Gives a bridge another subnet: its machines stop, the bridge moves, they get their new addresses and start. Where one
 * step fails, all of it is taken back and the machines run as before. After an outcome that nobody heard nothing is
 * taken back, as a fresh look goes on from what is there.
 */
export async function moveNetwork(
  incus: Incus,
  name: string,
  body: Wanted,
  context: PerformContext,
): Promise<void> {
  const { value: before } = await incus.networks.get(name);
  const movers = await moversOf(incus, body.moves ?? []);
  const running = movers.filter(({ runs }) => runs);
  const { stillness } = context;
  try {
    await stillness.moving(() => each(running, ({ move }) => stopInstance(incus, move)));
    await updateNetwork(incus, name, body, context);
    await each(movers, ({ move }) => giveDevices(incus, move, move.devices));
    const started = running.filter(({ move }) => !move.late);
    await stillness.moving(() => each(started, ({ move }) => startMachine(incus, move, context)));
  } catch (error) {
    if (isUncertain(error) || !(error instanceof AnklumeError)) throw error;
    const back: Wanted = {
      config: Object.fromEntries(
        Object.keys(body.config).map((key) => [key, before.config[key] ?? null]),
      ),
      description: before.description,
    };
    throw notMoved(name, error, await takenBack(incus, name, back, movers, context));
  }
}

async function moversOf(incus: Incus, moves: readonly Move[]): Promise<Mover[]> {
  const read = async (move: Move): Promise<Mover[]> => {
    try {
      const { value } = await incus.instances.get(move.name, { project: move.project });
      return [{ move, runs: value.status !== 'Stopped', devices: value.devices }];
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  };
  return (await Promise.all(moves.map(read))).flat();
}

/** All of them, also when one fails: what is taken back afterwards must not still be under way. */
async function each(movers: readonly Mover[], work: (one: Mover) => Promise<void>): Promise<void> {
  const limit = pLimit(AT_ONCE);
  const ended = await Promise.allSettled(movers.map((one) => limit(() => work(one))));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

async function giveDevices(
  incus: Incus,
  { project, name }: Move,
  devices: Wanted['devices'] = {},
): Promise<void> {
  if (Object.keys(devices).length === 0) return;
  await readAndWrite(
    () => incus.instances.get(name, { project }),
    (live) => putWith(live, { config: {}, devices }),
    (put, etag) => incus.instances.update(name, put, { project, etag }),
  );
}

/** Why it could not be taken back; undefined when all is as before. */
async function takenBack(
  incus: Incus,
  name: string,
  network: Wanted,
  movers: readonly Mover[],
  context: PerformContext,
): Promise<AnklumeError | undefined> {
  const { stillness } = context;
  const running = movers.filter(({ runs }) => runs);
  try {
    // Some may run again on the new subnet, and would be in the way of their own return.
    await stillness.moving(() => each(running, ({ move }) => stopInstance(incus, move)));
    await updateNetwork(incus, name, network, context);
    await each(movers, ({ move, devices }) => {
      const own = Object.keys(move.devices).map((nic) => [nic, devices[nic] ?? null] as const);
      return giveDevices(incus, move, Object.fromEntries(own));
    });
    await stillness.moving(() => each(running, ({ move }) => startMachine(incus, move, context)));
    return undefined;
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return error;
  }
}

function notMoved(name: string, cause: AnklumeError, left: AnklumeError | undefined): AnklumeError {
  const end: Text = left
    ? {
        en: `It could not be taken back either: ${left.text.en}`,
        fr: `Le retour en arrière a échoué lui aussi : ${left.text.fr}`,
      }
    : {
        en: 'The bridge and its machines are as before.',
        fr: 'Le pont et ses machines sont comme avant.',
      };
  return new AnklumeError({
    code: 'subnet-not-moved',
    cause,
    message: {
      en: `The bridge '${name}' did not get its new subnet: ${cause.text.en} ${end.en}`,
      fr: `Le pont « ${name} » n'a pas reçu son nouveau sous-réseau : ${cause.text.fr} ${end.fr}`,
    },
    remedy: cause.remedy ?? {
      en: 'Fix that, then apply again.',
      fr: 'Réglez cela, puis relancez apply.',
    },
  });
}
