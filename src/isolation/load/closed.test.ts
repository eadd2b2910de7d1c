import { describe, expect, it } from 'vitest';
import { desiredWorld } from '../../../tests/integration/network/world.ts';
import { type Desired, MARK, networkCard } from '../../world/tree/index.ts';
import { evaluate, type KernelPacket } from '../model/evaluate.ts';
import { allowedFlows } from '../model/flows.ts';
import type { LoadedTables } from '../model/infrastructures.ts';
import { type Listed, markedWorld } from '../model/marked.ts';
import { arrange } from '../rules/arrange.ts';
import { closedRules } from '../rules/closed-rules.ts';
import { renderRuleset } from '../rules/ruleset.ts';
import type { Declared } from './closed.ts';
import { thingsOf } from './status.ts';
import { membersIn, ownerChain } from './tables.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Daemon = {
  networks: Mutable<Listed['networks'][number]>[];
  instances: Listed['instances'][number][];
};

/** What a daemon has after `desired` was applied. */
function applied(...worlds: readonly Desired[]): Daemon {
  const domains = worlds.flatMap((world) =>
    world.domains.map((domain) => ({ ...domain, owner: world.projectName })),
  );
  return {
    networks: domains.map(({ name, network, owner }) => ({
      name: network.name,
      type: 'bridge',
      managed: true,
      config: {
        'ipv4.address': `${network.gateway}/24`,
        'ipv6.address': 'none',
        [MARK.project]: owner,
        [MARK.domain]: name,
      },
    })),
    instances: domains.flatMap((domain) =>
      domain.machines.map((machine) => ({
        name: machine.instance,
        project: domain.project,
        status: 'Running',
        ephemeral: false,
        config: {
          [MARK.project]: domain.owner,
          [MARK.domain]: domain.name,
          [MARK.machine]: machine.name,
        },
        expanded_config: { 'security.protection.delete': String(!machine.ephemeral) },
        expanded_devices: { eth0: networkCard(domain, machine) ?? {} },
      })),
    ),
  };
}

const named = (
  projectName: string,
  second: number,
  domains: Record<string, string[]>,
): Desired => ({
  ...desiredWorld(
    second,
    Object.entries(domains).map(([name, machines]) => ({ name, machines })),
    [{ from: Object.keys(domains)[0] ?? '', to: 'host', ports: [8080] }],
  ),
  projectName,
});
const declaredBy = ({ projectName, domains }: Desired): Declared => ({
  projectName,
  bridges: new Set(domains.map(({ network }) => network.name)),
  machines: new Set(
    domains.flatMap(({ project, machines }) => machines.map((one) => `${project}/${one.instance}`)),
  ),
});
const rules = (desired: Desired) => renderRuleset(allowedFlows(desired));
const NONE: LoadedTables = { infrastructures: [], names: new Set() };
const loaded = (...worlds: readonly Desired[]): LoadedTables => {
  const infrastructures = worlds.map((world, index) => ({
    name: index === 0 ? 'anklume' : `anklume-${world.projectName}`,
    owner: ownerChain(world.projectName),
    bridges: membersIn(rules(world), 'bridges'),
    ports: membersIn(rules(world), 'members'),
  }));
  return { infrastructures, names: new Set(infrastructures.map(({ name }) => name)) };
};

const home = named('home', 61, { pro: ['pro1', 'pro2'], lab: ['lab1'] });
const less = named('home', 61, { pro: ['pro1'] });
const other = named('other', 62, { web: ['web1'], db: ['db1'] });
const port = (desired: Desired, name: string): string => {
  for (const domain of desired.domains)
    for (const machine of domain.machines)
      if (machine.name === name) return networkCard(domain, machine)?.host_name ?? '';
  return '';
};

describe('what is closed', () => {
  const around = (daemon: Listed, desired?: Desired) => ({
    marked: markedWorld(daemon),
    ...(desired && { declared: declaredBy(desired) }),
  });
  const closedOf = (desired: Desired, tables: LoadedTables, daemon: Listed) => {
    const { closed } = arrange(rules(desired), tables, around(daemon, desired));
    return {
      bridges: closed.bridges.map(({ bridge }) => bridge),
      strays: closed.strays.map(({ nic }) => nic.card.port),
    };
  };

  it('B06-07: bridges and machines that the tree at hand no longer declares', () => {
    expect(closedOf(home, NONE, applied(home))).toEqual({ bridges: [], strays: [] });
    expect(closedOf(less, loaded(home), applied(home))).toEqual({
      bridges: ['net-lab'],
      strays: [port(home, 'pro2')],
    });
  });

  it('B07-10: of them, what Incus refuses to delete is known', () => {
    for (const ephemeral of [true, false]) {
      const domains = home.domains.map((domain) => ({
        ...domain,
        machines: domain.machines.map((machine) => ({ ...machine, ephemeral })),
      }));
      const daemon = around(applied({ ...home, domains }), less);
      const { closed } = arrange(rules(less), loaded(home), daemon);
      expect(thingsOf(closed, daemon).map(({ name, locked }) => [name, locked])).toEqual([
        ['net-lab', ephemeral ? [] : ['lab1']],
        ['default/pro2', ephemeral ? [] : ['pro2']],
      ]);
    }
  });

  it('B06-06: bridges of others without rules, and only those', () => {
    const daemon = applied(home, other);
    expect(closedOf(home, NONE, daemon).bridges).toEqual(['net-db', 'net-web']);
    expect(closedOf(home, loaded(home, other), daemon)).toEqual({ bridges: [], strays: [] });
    // Machines that the others' rules do not know were deleted from their trees.
    const fewer = named('other', 62, { web: ['web1'], db: [] });
    expect(closedOf(home, loaded(home, fewer), daemon).strays).toEqual([port(other, 'db1')]);
  });

  it('B06-07: a bridge that lost its mark, by the machine that stands on it', () => {
    const daemon = applied(home);
    for (const network of daemon.networks) network.config = { 'ipv4.address': '10.61.1.254/24' };
    expect(closedOf(less, loaded(home), daemon).bridges).toEqual(['net-lab']);
  });

  it('leaves alone what carries no mark, what goes when it stops, and networks that are no bridges', () => {
    const daemon = applied(home);
    const [first] = daemon.instances;
    if (!first) throw new Error('no machine');
    const config = { ...first.config, [MARK.disposable]: 'x' };
    const nic = {
      type: 'nic',
      network: 'net-pro',
      host_name: 'ankxaabbccdd',
      hwaddr: '02:00:00:00:00:01',
    };
    const more: Listed = {
      networks: [
        ...daemon.networks,
        { name: 'incusbr0', type: 'bridge', managed: true, config: {} },
        { name: 'uplink', type: 'physical', managed: true, config: { [MARK.project]: 'home' } },
      ],
      instances: [
        ...daemon.instances,
        { ...first, name: 'disp', ephemeral: true, config, expanded_devices: { eth0: nic } },
        { ...first, name: 'theirs', config: {}, expanded_devices: { eth0: nic } },
      ],
    };
    expect(closedOf(home, loaded(home), more)).toEqual({ bridges: [], strays: [] });
  });

  it('a machine of another domain has nothing at all on this bridge', () => {
    const daemon = applied(home);
    const instances = daemon.instances.map((one) =>
      one.name === 'lab1'
        ? {
            ...one,
            expanded_devices: {
              ...one.expanded_devices,
              eth1: {
                type: 'nic',
                network: 'net-pro',
                host_name: 'second',
                hwaddr: '02:00:00:00:00:02',
              },
            },
          }
        : one,
    );
    const tree = named('home', 61, { pro: ['pro1', 'pro2'] });
    const { closed } = arrange(rules(tree), NONE, around({ ...daemon, instances }, tree));
    expect(closed.strays).toMatchObject([{ nic: { card: { port: 'second' } } }]);
    const [, bridge] = closedRules(closed);
    expect(bridge?.sets.find(({ name }) => name === 'shut_ports')?.elements).toEqual([['second']]);
  });

  it('is closed also where the daemon says nonsense of it', () => {
    const daemon = applied(home);
    for (const network of daemon.networks)
      network.config = {
        ...network.config,
        'ipv4.address': '10.1.2.3/24; drop',
        'ipv6.address': 'fd00::/200',
        'ipv6.dhcp.stateful': 'true',
      };
    const { text, closed } = arrange(rules(less), NONE, around(daemon, less));
    expect(closed.bridges.map(({ bridge }) => bridge)).toEqual(['net-lab']);
    expect(text).toContain('"net-lab" . 0.0.0.0');
    expect(text).not.toContain('; drop"');
  });

  const packet = (more: Partial<KernelPacket>): KernelPacket => ({
    hook: 'forward',
    iifname: 'net-lab',
    oifname: 'eth0',
    family: 4,
    saddr: '10.61.1.1',
    daddr: '198.51.100.7',
    protocol: 'tcp',
    sport: 40000,
    dport: 443,
    echoRequest: false,
    tracking: 'forth',
    ...more,
  });

  it('B06-07: keeps its neighbours and the plain services of its gateway, and nothing else', () => {
    const { closed } = arrange(rules(less), loaded(home), around(applied(home), less));
    const [inet] = closedRules(closed);
    const verdict = (more: Partial<KernelPacket>) => inet && evaluate(inet, packet(more)).verdict;
    const toGateway = { hook: 'input', oifname: '', daddr: '10.61.1.254' } as const;
    expect(verdict({ oifname: 'net-lab', daddr: '10.61.1.2' })).toBe('accept');
    expect(verdict({ ...toGateway, dport: 53 })).toBe('accept');
    expect(verdict({ ...toGateway, dport: 8080 })).toBe('drop');
    expect(verdict({ ...toGateway, daddr: '10.61.0.254', dport: 53 })).toBe('drop');
    expect(verdict({})).toBe('drop');
    expect(verdict({ tracking: 'reply' })).toBe('drop');
    expect(verdict({ oifname: 'net-pro', daddr: '10.61.0.1' })).toBe('drop');
    const back = { iifname: 'eth0', oifname: 'net-lab', saddr: '198.51.100.7', daddr: '10.61.1.1' };
    expect(verdict(back)).toBe('drop');
    expect(verdict({ ...back, tracking: 'reply' })).toBe('drop');
    // What others have is none of its business.
    expect(verdict({ iifname: 'net-pro', oifname: 'eth0', saddr: '10.61.0.1' })).toBe('accept');
  });
});

describe('whose tables a text is for', () => {
  const marked = markedWorld(applied(home, other));
  const tableOf = (desired: Desired, tables: LoadedTables) =>
    arrange(rules(desired), tables, { marked }).table;
  const unowned = (desired: Desired): LoadedTables => {
    const { infrastructures, names } = loaded(desired);
    return { infrastructures: infrastructures.map(({ owner: _, ...one }) => one), names };
  };

  it('B06-06: its own, wherever they stand, and never those of another', () => {
    expect(tableOf(home, NONE)).toBe('anklume');
    expect(tableOf(other, loaded(home))).toBe('anklume-other');
    expect(tableOf(other, loaded(home, other))).toBe('anklume-other');
    expect(tableOf(home, loaded(other, home))).toBe('anklume-home');
    expect(arrange(rules(other), loaded(home), { marked }).text).not.toMatch(
      /table inet anklume\b(?!-)/,
    );
  });

  it('those of an earlier version are of whoever has their bridges', () => {
    expect(tableOf(home, unowned(home))).toBe('anklume');
    expect(tableOf(other, unowned(home))).toBe('anklume-other');
    expect(tableOf(named('third', 63, { new: [] }), unowned(named('gone', 64, { old: [] })))).toBe(
      'anklume',
    );
  });

  it('an infrastructure that took everything of another over has its tables', () => {
    const renamed = { ...home, projectName: 'renamed' };
    const daemon = { marked: markedWorld(applied(renamed)) };
    expect(arrange(rules(renamed), loaded(home), daemon).table).toBe('anklume');
    const both = { marked: markedWorld(applied(renamed, named('home', 65, { left: [] }))) };
    expect(arrange(rules(renamed), loaded(home), both).table).toBe('anklume-renamed');
  });

  it('a bridge of another infrastructure is refused, and a text of nobody where there are several', () => {
    const thief = named('thief', 66, { web: [] });
    expect(() => arrange(rules(thief), NONE, { marked })).toThrow('belongs to');
    const nobodys = rules(named('x', 67, { fresh: [] })).replaceAll(
      /\tchain infrastructure.*\n\t\}\n/g,
      '',
    );
    expect(() => arrange(nobodys, loaded(home, other), { marked })).toThrow('do not say');
    expect(arrange(nobodys, loaded(home), { marked }).table).toBe('anklume');
  });
});
