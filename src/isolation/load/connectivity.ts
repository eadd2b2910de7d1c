import type { Text } from '../../base/messages/index.ts';
import { AnklumeError } from '../../base/messages/index.ts';
import { type Host, run } from '../../base/system/index.ts';

/** A neighbour through which the host reaches the rest of the world. */
interface Gateway {
  readonly address: string;
  readonly device: string;
}

/** How the host stood to the outside before a deployment. Plain JSON. */
export interface Connectivity {
  /** `default via 10.0.2.2 dev eth0` */
  readonly routes: readonly string[];
  /** Those that answered a ping; one that never answers says nothing when it goes on being silent. */
  readonly answering: readonly Gateway[];
  /** Why nothing could be watched. */
  readonly unwatched?: Text;
}

/** Reads the host's default routes and asks their gateways for an answer. */
export async function readConnectivity(host: Host): Promise<Connectivity> {
  try {
    const { routes, gateways } = await defaultRoutes(host);
    const answers = await Promise.all(gateways.map((gateway) => answersPing(host, gateway)));
    return { routes, answering: gateways.filter((_, index) => answers[index]) };
  } catch (error) {
    if (!(error instanceof AnklumeError)) throw error;
    return { routes: [], answering: [], unwatched: error.text };
  }
}

/** What the host had before and has no longer: routes that went, gateways that fell silent. */
export async function lostConnectivity(host: Host, before: Connectivity): Promise<string[]> {
  if (before.unwatched) return [];
  const { routes } = await defaultRoutes(host);
  const answers = await Promise.all(before.answering.map((gateway) => answersPing(host, gateway)));
  return lostBetween(before, {
    routes,
    answering: before.answering.filter((_, index) => answers[index]),
  });
}

/** A gateway is lost by its silence even while the route through it stands, and a route even while its gateway answers. */
export function lostBetween(before: Connectivity, now: Omit<Connectivity, 'unwatched'>): string[] {
  const answers = ({ address, device }: Gateway) =>
    now.answering.some((one) => one.address === address && one.device === device);
  return [
    ...before.routes.filter((route) => !now.routes.includes(route)),
    ...before.answering
      .filter((gateway) => !answers(gateway))
      .map(({ address, device }) => `${address} (${device})`),
  ];
}

async function defaultRoutes(
  host: Host,
): Promise<{ routes: string[]; gateways: readonly Gateway[] }> {
  const lists = await Promise.all(
    ['-4', '-6'].map(async (family) => {
      const { stdout } = await run([...host.enter, 'ip', family, '-j', 'route', 'show', 'default']);
      return parseRoutes(stdout);
    }),
  );
  const gateways = lists.flat();
  const routes = gateways.map(({ address, device }) =>
    address === '' ? `default dev ${device}` : `default via ${address} dev ${device}`,
  );
  return { routes, gateways: gateways.filter(({ address }) => address !== '') };
}

interface ListedHop {
  readonly gateway?: string;
  readonly via?: { readonly host?: string };
  readonly dev?: string;
}

/** Gateways of `ip -j route show default`; several ways at once are listed as its next hops. */
export function parseRoutes(json: string): Gateway[] {
  const routes = JSON.parse(json.trim() || '[]') as (ListedHop & { nexthops?: ListedHop[] })[];
  return routes
    .flatMap((route) => route.nexthops ?? [route])
    .map(({ gateway, via, dev }) => ({ address: gateway ?? via?.host ?? '', device: dev ?? '' }));
}

/** One answer to three pings is enough: what is watched is a wall, not the quality of a line. */
async function answersPing(host: Host, { address, device }: Gateway): Promise<boolean> {
  const { code } = await run(
    [...host.enter, 'ping', '-q', '-c', '3', '-i', '0.3', '-W', '1', '-I', device, address],
    { accept: [0, 1, 2] },
  );
  return code === 0;
}
