import { AnklumeError, ExitCode } from '../messages/index.ts';
import { allowedFlows, type Decision, explain, type Packet } from '../network/index.ts';
import { printable } from '../system/index.ts';
import type { Desired } from '../tree/index.ts';

/** What happens to one packet in this world. `port` is `443`, `53/udp`, or absent for a ping. */
export function explainPacket(
  desired: Desired,
  from: string,
  to: string,
  port: string | undefined,
): { readonly packet: Packet; readonly decision: Decision } {
  const packet: Packet = {
    from,
    to,
    ...(port === undefined ? { protocol: 'icmp' } : parsePort(port)),
  };
  return { packet, decision: explain(allowedFlows(desired), packet) };
}

function parsePort(untrustedPort: string): { protocol: 'tcp' | 'udp'; port: number } {
  const [, digits, protocol = 'tcp'] = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(untrustedPort) ?? [];
  const port = Number(digits);
  if (digits !== undefined && port >= 1 && port <= 65_535)
    return { protocol: protocol === 'udp' ? 'udp' : 'tcp', port };
  const shown = printable(untrustedPort).slice(0, 40);
  throw new AnklumeError({
    code: 'bad-port',
    exit: ExitCode.usage,
    message: { en: `'${shown}' is not a port.`, fr: `« ${shown} » n'est pas un port.` },
    remedy: {
      en: 'Give a number from 1 to 65535, with /udp behind it for UDP.',
      fr: 'Donnez un nombre de 1 à 65535, suivi de /udp pour UDP.',
    },
  });
}
