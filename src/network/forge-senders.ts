import type { FlowModel } from './flows.ts';
import type { Guest } from './guests.ts';
import { legsOf } from './leg-forgeries.ts';
import type { ProbeEnd, ProbeMachine } from './probes.ts';

/** A card that frames are sent from and looked for at: in a namespace that can be entered, or behind a tap. */
export interface Sender extends ProbeEnd {
  readonly bridge: string;
  readonly netns?: string;
  /** The virtual machine, the host's end of the card, and the MAC by which the machine knows it. */
  readonly guest?: Guest;
  readonly tap?: string;
  readonly mac?: string;
}

/** The cards of all machines that can be had to send, and the legs of the firewall machine besides. */
export function sendersOf(
  model: FlowModel,
  machines: readonly ProbeMachine[],
  guests: readonly Guest[],
): Sender[] {
  const subjects = new Map(model.machines.map((machine) => [machine.name, machine]));
  const behindTaps = guests.flatMap((guest): Sender[] => {
    const { card, bridge } = subjects.get(guest.name) ?? {};
    if (!card || bridge === undefined || guest.tap === undefined) return [];
    const { tap, name, domain, ip, ip6 } = guest;
    const end = { name, domain, ip, ...(ip6 !== undefined && { ip6 }) };
    return [{ ...end, bridge, guest, tap, mac: card.mac }];
  });
  const own = [...machines, ...behindTaps];
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
    const end = { name, domain, bridge, ip: address, ...(ipv6 && { ip6: ipv6.address }) };
    return netns === undefined
      ? { ...end, ...(guest && { guest }), tap: port.port, mac }
      : { ...end, netns };
  });
}
