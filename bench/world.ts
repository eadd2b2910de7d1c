/** A world of probe machines, as infra.yml for the tool and as plain numbers for the baselines. */
export interface BenchWorld {
  readonly domains: readonly BenchDomain[];
}

export interface BenchDomain {
  readonly name: string;
  readonly gateway: string;
  readonly machines: readonly { readonly name: string; readonly ip: string }[];
}

/** `machines` machines spread evenly over `domains` domains, addresses from 10.80.0.0/16. */
export function benchWorld(machines: number, domains: number): BenchWorld {
  const members = Array.from({ length: domains }, (_, d) => ({
    name: `d${d}`,
    gateway: `10.80.${d}.254`,
    machines: Array.from({ length: machines }, (_, m) => m)
      .filter((m) => m % domains === d)
      .map((m, place) => ({ name: `d${d}-m${m}`, ip: `10.80.${d}.${10 + place}` })),
  }));
  return { domains: members };
}

/** The same world in the product's own words. */
export function infraYaml(world: BenchWorld, image = 'probe'): string {
  const lines = [
    'project_name: bench',
    'global:',
    '  base_subnet: "10.80"',
    `  default_os_image: ${image}`,
    'domains:',
  ];
  world.domains.forEach((domain, id) => {
    lines.push(`  ${domain.name}:`, `    subnet_id: ${id}`, '    ephemeral: true', '    machines:');
    for (const machine of domain.machines)
      lines.push(`      ${machine.name}:`, '        type: lxc', `        ip: ${machine.ip}`);
  });
  return `${lines.join('\n')}\n`;
}

/** The `incus` commands a person would put in a script: one after the other, as every tutorial does. */
export function incusScript(world: BenchWorld): string {
  const lines = ['#!/bin/sh', 'set -e'];
  for (const domain of world.domains) {
    lines.push(
      `incus network create net-${domain.name} ipv4.address=${domain.gateway}/24 ipv4.nat=true ipv6.address=none`,
      `incus project create ${domain.name} -c features.images=false -c features.networks=false`,
      `incus profile device add default root disk path=/ pool=default --project ${domain.name}`,
      `incus profile device add default eth0 nic network=net-${domain.name} name=eth0 --project ${domain.name}`,
    );
    for (const machine of domain.machines)
      lines.push(
        `incus launch probe ${machine.name} --project ${domain.name} -d eth0,ipv4.address=${machine.ip} </dev/null`,
      );
  }
  return `${lines.join('\n')}\n`;
}
