import { type DangerSurroundings, type Device, error, type Found, warning } from './danger.ts';

/** The role of a machine that administers Incus, which it can do through the daemon's socket alone. */
const ADMIN_ROLE = 'admin_bootstrap';

/**
 * Judges a proxy device. With `bind: instance` it listens inside and connects from the host, past every isolation
 * rule; otherwise it listens on the host and leads in.
 */
export function judgeProxy(device: Device, around: DangerSurroundings): Found | undefined {
  const { bind = '', listen = '', connect = '' } = device;
  const leadsOut = bind !== '' && bind.toLowerCase() !== 'host';
  return leadsOut ? judgeWayOut(connect, around) : judgeWayIn(listen, around);
}

function judgeWayOut(connect: string, around: DangerSurroundings): Found | undefined {
  const word = `proxy:${connect}`;
  const { protocol, host } = partsOf(connect);
  if (isSocketOfRole(connect, around.roles)) return undefined;
  if (protocol === 'unix')
    return error(
      word,
      'the machine speaks to a daemon of the host, which may do anything for it',
      "la machine parle à un démon de l'hôte, qui peut tout faire pour elle",
    );
  if (!around.internet)
    return error(
      word,
      "it leads out of a domain that declares 'internet: false': the host connects for the machine",
      "il fait sortir d'un domaine qui déclare « internet: false » : l'hôte se connecte pour la machine",
    );
  if (around.walled.some((prefix) => host.startsWith(prefix)))
    return error(
      word,
      'it leads to machines of domains past the isolation rules: the host connects for the machine',
      "il mène à des machines de domaines hors des règles d'isolation : l'hôte se connecte pour la machine",
    );
  return warning(
    word,
    'the host connects for the machine: isolation rules and policies do not see it',
    "l'hôte se connecte pour la machine : règles d'isolation et politiques ne le voient pas",
  );
}

/** Whether a proxy leads to the socket of Incus for a machine whose role is to administer Incus by it. */
export function isSocketOfRole(connect: string, roles: readonly string[]): boolean {
  const { protocol, host } = partsOf(connect);
  return protocol === 'unix' && roles.includes(ADMIN_ROLE) && host.endsWith('/unix.socket');
}

function judgeWayIn(listen: string, { internet }: DangerSurroundings): Found | undefined {
  const word = `proxy:${listen}`;
  const { protocol, host } = partsOf(listen);
  if (protocol === 'unix' && /^\/+(run|var\/run|etc|dev|proc|sys|usr|boot)\//.test(host))
    return error(
      word,
      'it takes the place of a socket of the host, whose users then speak to the machine',
      "il prend la place d'un socket de l'hôte, dont les utilisateurs parlent alors à la machine",
    );
  if (protocol === 'unix' || internet || isLoopback(host)) return undefined;
  return error(
    word,
    "it leads into a domain that declares 'internet: false' from other machines and networks",
    "il fait entrer dans un domaine qui déclare « internet: false » depuis d'autres machines et réseaux",
  );
}

/** `tcp:127.0.0.1:80` and `tcp:[::1]:80-90`, `unix:/path` and `unix:@name`. */
function partsOf(address: string): { readonly protocol: string; readonly host: string } {
  const [, protocol = '', rest = ''] = /^([a-zA-Z]*):(.*)$/s.exec(address.trim()) ?? [];
  const name = protocol.toLowerCase();
  if (name === 'unix') return { protocol: name, host: rest };
  const host = /^\[([^\]]*)\]/.exec(rest)?.[1] ?? rest.replace(/:[^:]*$/, '');
  return { protocol: name, host };
}

function isLoopback(host: string): boolean {
  return /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|localhost)$/.test(host);
}
