import type { Desired, DesiredDomain, DesiredPolicy } from '../../../src/world/tree/index.ts';

/** A domain of a test world: its machines get the addresses .1, .2 and so on. */
export interface WorldDomain {
  readonly name: string;
  readonly machines: readonly string[];
  readonly internet?: boolean;
  readonly lan?: boolean;
  /** Networks fd00:SECOND:0:0::/64, fd00:SECOND:0:1::/64 and so on; the same last digits as in IPv4. */
  readonly ipv6?: boolean;
}

export type WorldPolicy = Pick<DesiredPolicy, 'from' | 'to'> &
  Partial<Omit<DesiredPolicy, 'protocol'>> & {
    /** Default tcp; `any`: every protocol. */
    readonly protocol?: 'tcp' | 'udp' | 'any';
  };

/** A wanted world with subnets 10.`second`.0.0/24, 10.`second`.1.0/24 and so on. */
export function desiredWorld(
  second: number,
  domains: readonly WorldDomain[],
  policies: readonly WorldPolicy[] = [],
): Desired {
  return {
    projectName: 'walls',
    defaultImage: 'probe',
    gpuPolicy: 'exclusive',
    firewallMode: 'host',
    logDrops: false,
    domains: domains.map((domain, index) => desiredDomain(second, domain, index)),
    policies: policies.map(({ protocol = 'tcp', ...policy }) => ({
      description: `${policy.from} reaches ${policy.to}`,
      ports: 'all',
      bidirectional: false,
      ...(protocol !== 'any' && { protocol }),
      ...policy,
    })),
  };
}

function desiredDomain(second: number, domain: WorldDomain, index: number): DesiredDomain {
  const network = `10.${second}.${index}`;
  const network6 = index === 0 ? `fd00:${second}:` : `fd00:${second}:0:${index}:`;
  return {
    name: domain.name,
    description: '',
    ephemeral: true,
    project: 'default',
    internet: domain.internet ?? true,
    lan: domain.lan ?? true,
    network: {
      name: `net-${domain.name}`,
      subnet: `${network}.0/24`,
      gateway: `${network}.254`,
      ...(domain.ipv6 && { ipv6: { subnet: `${network6}:/64`, gateway: `${network6}:254` } }),
    },
    profiles: [],
    machines: domain.machines.map((name, count) => ({
      name,
      instance: name,
      domain: domain.name,
      description: '',
      type: 'lxc',
      ip: `${network}.${count + 1}`,
      ...(domain.ipv6 && { ip6: `${network6}:${count + 1}` }),
      ephemeral: true,
      image: 'probe',
      gpu: false,
      profiles: ['default'],
      config: {},
      devices: {},
      volumes: [],
      roles: [],
    })),
  };
}
