import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { type Host, run } from '../../base/system/index.ts';
import { batchesOf } from '../index.ts';
import type { Steering, SteeringRoute, SteeringRule } from './steering.ts';

/** Ours among the host's rules and routes: a number for who made them, and one for when they are asked. */
const PROTOCOL = '253';
const PRIORITY = 25_300;

/** Whether the host steers as wanted; `absent` where it has none of our rules. */
export type SteeringState = 'current' | 'stale' | 'absent';

/** Bridges whose rules and routes are those of other infrastructures; asked for only where there are any. */
export type Spared = () => Promise<ReadonlySet<string>>;
const NONE: Spared = async () => new Set();

/**
 * Makes the host steer packets between domains as told, and no other way: what is too much of ours goes away, but for
 * what other infrastructures steer. Bridges that do not exist yet are left for the next time. Throws `steering-refused`.
 */
export async function deploySteering(
  wanted: Steering,
  host: Host,
  spared: Spared = NONE,
): Promise<{ readonly changed: boolean }> {
  const lines = await planSteering(wanted, host, spared);
  if (lines.length === 0) return { changed: false };
  try {
    for (const { family, lines: some } of batchesOf(lines))
      await run([...host.enter, 'ip', ...family, '-batch', '-'], { input: `${some.join('\n')}\n` });
  } catch (error) {
    if (error instanceof AnklumeError && error.code === 'program-failed') throw refused(error);
    throw error;
  }
  return { changed: true };
}

/** The lines for `ip -batch` that make the host steer as told, those for `ip -6 -batch` with -6; none when it does. */
export async function planSteering(
  wanted: Steering,
  host: Host,
  spared: Spared = NONE,
): Promise<string[]> {
  const [wanting, loaded] = await Promise.all([possible(wanted, host), readSteering(host)]);
  return changesTo(wanting, await without(loaded, spared));
}

async function without(loaded: Steering, others: Spared): Promise<Steering> {
  const { rules, routes } = loaded;
  if (rules.length + routes.length === 0) return loaded;
  const spared = await others();
  return {
    rules: rules.filter(({ bridge }) => !spared.has(bridge)),
    routes: routes.filter(({ bridge }) => !spared.has(bridge)),
  };
}

/** How the host's steering stands to the wanted one. */
export async function steeringState(
  wanted: Steering,
  host: Host,
  spared: Spared = NONE,
): Promise<SteeringState> {
  const loaded = await without(await readSteering(host), spared);
  if (changesTo(wanted, loaded).length === 0) return 'current';
  return loaded.rules.length === 0 ? 'absent' : 'stale';
}

/** Lines for `batchesOf` that turn one steering into another: routes come before the rule that leads to them. */
export function changesTo(wanted: Steering, loaded: Steering): string[] {
  const missing = <T>(
    some: readonly T[],
    others: readonly T[],
    words: (one: T) => string,
  ): string[] => {
    const present = new Set(others.map(words));
    return some.map(words).filter((line) => !present.has(line));
  };
  const line = (verb: string) => (words: string) => words.replace(/^((?:-6 )?\w+) /, `$1 ${verb} `);
  return [
    ...missing(loaded.rules, wanted.rules, ruleWords).map(line('del')),
    ...missing(loaded.routes, wanted.routes, routeWords).map(line('del')),
    ...missing(wanted.routes, loaded.routes, routeWords).map(line('replace')),
    ...missing(wanted.rules, loaded.rules, ruleWords).map(line('add')),
  ];
}

function ruleWords({ bridge, table, family }: SteeringRule): string {
  return `${family ? '-6 ' : ''}rule iif ${bridge} lookup ${table} priority ${PRIORITY} protocol ${PROTOCOL}`;
}

function routeWords({ table, to, bridge, via }: SteeringRoute): string {
  const end = `dev ${bridge} table ${table} proto ${PROTOCOL}`;
  // Routes of IPv6 have no scope.
  if (to.includes(':')) return `-6 route ${to} ${via === undefined ? '' : `via ${via} `}${end}`;
  return `route ${to} ${via === undefined ? 'scope link' : `via ${via}`} ${end}`;
}

/** What can be had now: of bridges that exist, and over IPv6 of those that have it already. */
async function possible(wanted: Steering, host: Host): Promise<Steering> {
  const has6 = wanted.rules.some(({ family }) => family);
  const [links, links6] = await Promise.all([
    list(host, ['link', 'show']),
    has6 ? list(host, ['-6', 'address', 'show']) : [],
  ]);
  const present = new Set(links.map(({ ifname }) => ifname));
  const present6 = new Set(links6.map(({ ifname }) => ifname));
  return {
    rules: wanted.rules.filter(({ bridge, family }) => (family ? present6 : present).has(bridge)),
    routes: wanted.routes.filter(({ bridge, to }) =>
      (to.includes(':') ? present6 : present).has(bridge),
    ),
  };
}

/** Our rules and routes on a host. */
async function readSteering(host: Host): Promise<Steering> {
  const [fourth, sixth] = await Promise.all([readFamily(host), readFamily(host, 6)]);
  return {
    rules: [...fourth.rules, ...sixth.rules],
    routes: [...fourth.routes, ...sixth.routes],
  };
}

async function readFamily(host: Host, family?: 6): Promise<Steering> {
  const flag = `-${family ?? 4}`;
  const [rules, routes] = await Promise.all([
    list(host, [flag, 'rule', 'show']),
    list(host, [flag, 'route', 'show', 'table', 'all', 'proto', PROTOCOL]),
  ]).catch((error) => {
    // A kernel without IPv6 knows no such rules, and the same question about IPv4 is answered.
    if (family && error instanceof AnklumeError && error.code === 'program-failed') return [[], []];
    throw error;
  });
  return {
    rules: rules
      .filter((one) => one.priority === PRIORITY && one.protocol === PROTOCOL)
      .map((one) => ({
        bridge: String(one.iif),
        table: Number(one.table),
        ...(family && { family }),
      })),
    routes: routes.map((one) => ({
      table: Number(one.table),
      to: withLength(String(one.dst)),
      bridge: String(one.dev),
      ...(one.gateway !== undefined && { via: String(one.gateway) }),
    })),
  };
}

async function list(
  host: Host,
  words: readonly string[],
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  // -N: numbers stay numbers, whatever names the host's files give them.
  const { stdout } = await run([...host.enter, 'ip', '-N', '-j', ...words]);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as Record<string, unknown>[]);
}

function withLength(destination: string): string {
  if (destination.includes('/')) return destination;
  return `${destination}/${destination.includes(':') ? 128 : 32}`;
}

function refused(cause: AnklumeError): AnklumeError {
  return new AnklumeError({
    code: 'steering-refused',
    exit: ExitCode.environment,
    message: {
      en: `The host refuses the routes to the firewall machine, so domains do not reach each other. ${cause.text.en}`,
      fr: `L'hôte refuse les routes vers la machine pare-feu ; les domaines ne se joignent donc pas. ${cause.text.fr}`,
    },
    remedy: {
      en: `Changing routes needs root, and the program 'ip' of iproute2.`,
      fr: `Modifier les routes demande les droits root et le programme « ip » d'iproute2.`,
    },
    cause,
  });
}
