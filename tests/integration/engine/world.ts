import type { Desired, DesiredDomain, DesiredMachine } from '../../../src/world/tree/index.ts';

/** A machine with nothing declared but its name and its address. */
export function machine(
  domain: string,
  name: string,
  ip: string,
  more: Partial<DesiredMachine> = {},
): DesiredMachine {
  return {
    name,
    instance: name,
    domain,
    description: '',
    type: 'lxc',
    ip,
    ephemeral: true,
    image: 'probe',
    gpu: false,
    profiles: ['default'],
    config: {},
    devices: {},
    volumes: [],
    roles: [],
    ...more,
  };
}

/** A domain on `10.199.N.0/24` with machines at .1, .2, ... */
export function domain(
  name: string,
  subnet: number,
  machines: readonly DesiredMachine[],
  more: Partial<DesiredDomain> = {},
): DesiredDomain {
  return {
    name,
    description: `domain ${name}`,
    ephemeral: true,
    project: name,
    network: {
      name: `net-${name}`,
      subnet: `10.199.${subnet}.0/24`,
      gateway: `10.199.${subnet}.254`,
    },
    internet: true,
    lan: true,
    profiles: [],
    machines,
    ...more,
  };
}

export function world(projectName: string, domains: readonly DesiredDomain[]): Desired {
  return {
    projectName,
    defaultImage: 'probe',
    gpuPolicy: 'exclusive',
    firewallMode: 'host',
    logDrops: false,
    domains,
    policies: [],
  };
}

/** A domain with `count` machines named after it. */
export function crowd(
  name: string,
  subnet: number,
  count: number,
  more: Partial<DesiredMachine> = {},
): DesiredDomain {
  const machines = Array.from({ length: count }, (_, i) =>
    machine(name, `${name}-${i + 1}`, `10.199.${subnet}.${i + 1}`, more),
  );
  return domain(name, subnet, machines);
}
