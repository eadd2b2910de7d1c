import type { Text } from '../base/messages/index.ts';
import { unixEndpoint } from './endpoint.ts';
import { IncusError } from './errors.ts';
import { Incus } from './incus.ts';
import { Transport, type TransportOptions } from './transport.ts';

/** A socket of this machine, or a remote of the `incus` client's own configuration. */
export type Target =
  | {
      readonly socket: string;
      /** What helps when nobody listens there. */
      readonly remedy?: Text;
    }
  | { readonly remote: string; readonly configDir?: string };

/**
 * Opens the door to a daemon. A socket is not touched before the first call;
 * a remote is asked at once whether it trusts us.
 */
export async function connect(target: Target, options: TransportOptions = {}): Promise<Incus> {
  if ('socket' in target)
    return new Incus(new Transport(unixEndpoint(target.socket, target.remedy), options));
  const { remoteEndpoint } = await import('./remote/endpoint.ts');
  const endpoint = await remoteEndpoint(target.remote, target.configDir);
  const incus = new Incus(new Transport(endpoint, options));
  if ((await incus.server()).auth !== 'trusted') {
    await incus.close();
    throw untrusted(target.remote, endpoint.where);
  }
  return incus;
}

function untrusted(remote: string, where: string): IncusError {
  return new IncusError({
    status: 403,
    kind: 'unreachable',
    code: 'incus-untrusted',
    message: {
      en: `The remote '${remote}' (${where}) does not trust this client's certificate.`,
      fr: `Le serveur distant « ${remote} » (${where}) n'approuve pas le certificat de ce client.`,
    },
    remedy: {
      en: `On the server run 'incus config trust add NAME', then here 'incus remote add ${remote} TOKEN'.`,
      fr: `Sur le serveur, lancez « incus config trust add NOM », puis ici « incus remote add ${remote} JETON ».`,
    },
  });
}
