import { AnklumeError, type Text } from '../../base/messages/index.ts';
import { type Host, printable, run } from '../../base/system/index.ts';
import { byHand } from '../resources/network.ts';

/** What dnsmasq says of an address on which it is to answer for a bridge, and cannot. */
const PORT_TAKEN =
  /failed to (?:create listening socket for ([0-9a-f.:]*[0-9a-f])|bind DHCP server socket)/;

/** The daemon found the host's end of the bridge: what a killed one left there. */
const REMAINS = /interface "[^"]*" already exists/i;

/** A failure to make or change a bridge, with what to do about it where the daemon's words tell. */
export async function explained(
  error: unknown,
  network: string,
  host: Host | undefined,
): Promise<unknown> {
  if (!(error instanceof AnklumeError)) return error;
  const words = error.text.en;
  const [taken, address] = PORT_TAKEN.exec(words) ?? [];
  if (taken && /address already in use/i.test(words)) {
    const port = address === undefined ? 67 : 53;
    return portTaken(
      network,
      { address, port, holders: await holdersOf(host, port, address) },
      error,
    );
  }
  if (!REMAINS.test(words) || error.remedy) return error;
  const { code, text: message, exit } = error;
  return new AnklumeError({ code, message, exit, cause: error, remedy: byHand(network) });
}

/** Programs of the host that listen there, or on all addresses: `named (pid 812)`. Nothing where nobody can look. */
async function holdersOf(
  host: Host | undefined,
  port: number,
  address: string | undefined,
): Promise<string[]> {
  if (!host) return [];
  const [first = 'ss', ...rest] = [...host.enter, 'ss', '-H', '-lntup', `sport = :${port}`];
  try {
    return listeners((await run([first, ...rest])).stdout, address);
  } catch {
    return [];
  }
}

/** The same from what `ss -H -lntup` prints. */
export function listeners(untrustedText: string, address: string | undefined): string[] {
  const everywhere = ['0.0.0.0', '*', '[::]'];
  const found = untrustedText.split('\n').flatMap((line) => {
    const [, , , , local = ''] = line.trim().split(/\s+/);
    const at = local.replace(/(%[^:]*)?:\d+$/, '');
    if (address !== undefined && ![...everywhere, address, `[${address}]`].includes(at)) return [];
    return [...line.matchAll(/\("([^"]{1,60})",pid=(\d{1,10})/g)].map(
      ([, name = '', pid]) => `${printable(name)} (pid ${pid})`,
    );
  });
  return [...new Set(found)];
}

interface Taken {
  readonly address: string | undefined;
  readonly port: number;
  readonly holders: readonly string[];
}

function portTaken(network: string, { address, port, holders }: Taken, cause: AnklumeError) {
  const place: Text =
    address === undefined
      ? { en: `port ${port}`, fr: `le port ${port}` }
      : { en: `port ${port} of ${address}`, fr: `le port ${port} de ${address}` };
  const who = holders.slice(0, 5).join(', ');
  const told: Text = who
    ? { en: `${who} holds it on this host.`, fr: `${who} l'occupe sur cet hôte.` }
    : {
        en: `'ss -lntup sport = :${port}', run on the host as root, names the program that holds it.`,
        fr: `« ss -lntup sport = :${port} », lancé en root sur l'hôte, nomme le programme qui l'occupe.`,
      };
  return new AnklumeError({
    code: 'gateway-port-taken',
    cause,
    message: {
      en: `The bridge '${network}' cannot serve its machines: another program has ${place.en}.`,
      fr: `Le pont « ${network} » ne peut pas servir ses machines : un autre programme a pris ${place.fr}.`,
    },
    remedy: {
      en: `${told.en} Let it listen on its own addresses alone (BIND: listen-on; unbound: interface; dnsmasq: bind-dynamic and except-interface=${network}), then apply again. Nothing has to be deleted.`,
      fr: `${told.fr} Faites-le écouter sur ses seules adresses (BIND : listen-on ; unbound : interface ; dnsmasq : bind-dynamic et except-interface=${network}), puis relancez apply. Il n'y a rien à supprimer.`,
    },
  });
}
