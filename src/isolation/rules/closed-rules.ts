import type { ClosedWorld, Stray } from '../load/closed.ts';
import { closedModel } from '../load/closed.ts';
import { CLOSED_TABLE } from '../load/tables.ts';
import { guardFor } from './guard.ts';
import { dropped } from './rule-parts.ts';
import type { Chain, Match, NamedSet, Rule, Ruleset } from './rules.ts';
import { wallsFor } from './walls.ts';

/**
 * The tables of what is closed. They are made from what the daemon has, and those of infrastructures from their trees:
 * so the text of a tree is the same wherever it is made, and nobody has to know what others declare. A drop in any
 * table is final, an accept is not: where both know a bridge, it is closed.
 */
export function closedRules(world: ClosedWorld): Ruleset[] {
  const model = closedModel(world);
  const [walls, guard] = [wallsFor(model), guardFor(model)];
  if (world.strays.length === 0) return [named(walls), named(guard)];
  return [named(withStrays(walls, world.strays)), named(withPorts(guard, world.strays))];
}

const named = (ruleset: Ruleset): Ruleset => ({ ...ruleset, name: CLOSED_TABLE });

/** What a policy opens on the host for a domain is not for them; see the chain `host`. */
function withStrays(walls: Ruleset, strays: readonly Stray[]): Ruleset {
  const found = strays.flatMap(({ nic: { bridge, ip, ip6 }, home }) =>
    home ? [{ bridge, ip, ip6, home }] : [],
  );
  const pairs = (values: readonly (readonly (string | undefined)[])[]) =>
    unique(values.flatMap((one) => (one.every((part) => part !== undefined) ? [one] : [])));
  const sources = pairs(found.map(({ bridge, ip }) => [bridge, ip]));
  const sources6 = pairs(found.map(({ bridge, ip6 }) => [bridge, ip6]));
  const also: Readonly<Record<string, string[][]>> = {
    gateways: pairs(found.map(({ bridge, home }) => [bridge, home.ipv4?.gateway])),
    homes: pairs(found.map(({ bridge, home }) => [bridge, home.ipv4?.subnet])),
  };
  return {
    ...walls,
    sets: [
      ...walls.sets.map((set) => ({
        ...set,
        elements: unique([...set.elements, ...(also[set.name] ?? [])]),
      })),
      { name: 'stray_sources', fields: ['iifname', 'saddr'], elements: sources },
      { name: 'stray_sources6', fields: ['iifname', 'saddr6'], elements: sources6 },
    ],
    chains: [
      ...walls.chains,
      {
        name: 'stray_input',
        hook: 'input',
        rules: [
          goto({ on: 'set', fields: ['iifname', 'saddr'], set: 'stray_sources' }, 'host'),
          dropped(
            [{ on: 'set', fields: ['iifname', 'saddr6'], set: 'stray_sources6' }],
            'undeclared',
          ),
        ],
      },
    ],
  };
}

/**
 * By the port of its NIC, which no machine can forge: on the bridge of its own domain a stray sends up to the host what
 * is for the gateway itself and gets what comes from there, so nothing of it is routed; elsewhere it has nothing at all.
 */
function withPorts(guard: Ruleset, strays: readonly Stray[]): Ruleset {
  const home = strays.flatMap(({ nic, home }) => (home ? [{ port: nic.card.port, ...home }] : []));
  const shut = strays.filter((one) => !one.home).map(({ nic }) => [nic.card.port]);
  const gateways = home.flatMap(({ port, ipv4 }) => (ipv4 ? [[port, ipv4.gateway]] : []));
  const asked = [...gateways, ...home.map(({ port }) => [port, '255.255.255.255'])];
  const sixth = [...new Set(home.flatMap(({ ipv6 }) => ipv6?.gateway ?? []))];
  const sets: NamedSet[] = [
    { name: 'stray_ports', fields: ['iifname'], elements: unique(home.map(({ port }) => [port])) },
    { name: 'stray_asks', fields: ['iifname', 'daddr'], elements: unique(asked) },
    { name: 'stray_hears', fields: ['oifname', 'saddr'], elements: unique(gateways) },
    { name: 'shut_ports', fields: ['iifname'], elements: unique(shut) },
  ];
  const from: Match = { on: 'set', fields: ['iifname'], set: 'stray_ports' };
  const to: Match = { on: 'set', fields: ['oifname'], set: 'stray_ports' };
  const shutTo: Match = { on: 'set', fields: ['oifname'], set: 'shut_ports' };
  const local = ['fe80::/10', ...sixth];
  const chains: Chain[] = [
    {
      name: 'stray_prerouting',
      hook: 'prerouting',
      rules: [dropped([{ on: 'set', fields: ['iifname'], set: 'shut_ports' }], 'undeclared')],
    },
    { name: 'stray_forward', hook: 'forward', rules: [dropped([shutTo], 'undeclared')] },
    {
      name: 'stray_input',
      hook: 'input',
      rules: [
        dropped(
          [from, { on: 'set', fields: ['iifname', 'daddr'], set: 'stray_asks', not: true }],
          'undeclared',
        ),
        dropped(
          [
            from,
            { on: 'frame', kinds: ['ip6'] },
            { on: 'subnets', field: 'daddr6', values: ['ff00::/8', ...local], not: true },
          ],
          'undeclared',
        ),
      ],
    },
    {
      name: 'stray_output',
      hook: 'output',
      rules: [
        dropped([shutTo], 'undeclared'),
        dropped(
          [to, { on: 'set', fields: ['oifname', 'saddr'], set: 'stray_hears', not: true }],
          'undeclared',
        ),
        dropped(
          [
            to,
            { on: 'frame', kinds: ['ip6'] },
            { on: 'subnets', field: 'saddr6', values: local, not: true },
          ],
          'undeclared',
        ),
      ],
    },
  ];
  return { ...guard, sets: [...guard.sets, ...sets], chains: [...guard.chains, ...chains] };
}

const goto = (match: Match, chain: string): Rule => ({
  matches: [match],
  verdict: { do: 'goto', chain },
});

function unique(elements: readonly (readonly (string | undefined)[])[]): string[][] {
  const seen = new Map<string, string[]>();
  for (const one of elements) {
    const parts = one.filter((part) => part !== undefined);
    seen.set(parts.join('\n'), parts);
  }
  return [...seen.values()];
}
