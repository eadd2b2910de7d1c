import type { FlowModel } from '../model/flows.ts';
import type { Guest } from './guest.ts';
import type { JoinedNic, ProbeEnd, ProbeMachine } from './probes.ts';
import { legsOf } from './sending-legs.ts';

/** A NIC that frames are sent from and looked for at. */
export interface Sender extends ProbeEnd, JoinedNic {
  /** Absent for a virtual machine, which cannot be entered. */
  readonly netns?: string;
  readonly guest?: Guest;
}

/** The NICs of all machines, and the legs of the firewall machine besides. */
export function sendersOf(
  model: FlowModel,
  machines: readonly ProbeMachine[],
  guests: readonly Guest[],
): Sender[] {
  const nics = new Map(model.machines.map(({ name, card }) => [name, card]));
  const own = [...machines, ...guests.map((guest) => ({ ...guest, guest }))].flatMap(
    (one): Sender[] => {
      const card = nics.get(one.name);
      // What is not known of the live NIC is as the tree has it.
      return card ? [{ port: card.port, mac: card.mac, ...one }] : [];
    },
  );
  const legs = legSenders(model, own);
  return [...own.filter(({ name }) => !legs.some((leg) => leg.name === name)), ...legs];
}

/**
 * The legs of the firewall machine, the card that it is known by among them. They have their addresses from the model:
 * a frame can be sent before the card has taken them.
 */
function legSenders(model: FlowModel, own: readonly Sender[]): Sender[] {
  const firewall = own.find(({ name }) => name === model.firewall?.machine);
  if (!firewall) return [];
  const { netns, guest } = firewall;
  return legsOf(model).map(({ name, port }) => {
    const { domain, bridge, address, ipv6, mac } = port;
    return {
      ...{ name, domain, bridge, port: port.port, mac, ip: address },
      ...(ipv6 && { ip6: ipv6.address }),
      ...(netns !== undefined && { netns }),
      ...(guest && { guest }),
    };
  });
}
