import type { FlowModel } from '../model/flows.ts';
import type { FirewallPort } from '../rules/firewall.ts';

/** A leg of the firewall machine from which frames are sent. */
export interface SendingLeg {
  /** The machine's name for its own card, `MACHINE:CARD` for the others. */
  readonly name: string;
  readonly port: FirewallPort;
}

/** The legs of the firewall machine; none where the host filters between domains. */
export function legsOf({ firewall }: FlowModel): SendingLeg[] {
  const machine = firewall?.machine;
  if (machine === undefined) return [];
  return (
    firewall?.ports.map((port, index) => ({
      name: index === 0 ? machine : `${machine}:${port.card}`,
      port,
    })) ?? []
  );
}
