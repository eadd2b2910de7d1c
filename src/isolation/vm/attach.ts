import type { Desired, DesiredMachine, DesiredProfile } from '../../world/tree/index.ts';
import { type Firewall, firewallOf, legPins } from '../index.ts';

/** The profile that gives the firewall machine a leg in every domain. */
export const FIREWALL_PROFILE = 'sys-firewall';

/**
 * The wanted world with the firewall machine attached to every domain: a profile like any other, so that the plan
 * shows it and apply makes it. Unchanged where there is no firewall machine.
 */
export function attachFirewall(desired: Desired): Desired {
  const firewall = firewallOf(desired);
  if (!firewall?.machine) return desired;
  return {
    ...desired,
    domains: desired.domains.map((domain) => {
      const machine = domain.machines.find(({ name }) => name === firewall.machine);
      if (!machine) return domain;
      return {
        ...domain,
        profiles: [
          ...domain.profiles.filter(({ name }) => name !== FIREWALL_PROFILE),
          firewallProfile(firewall),
        ],
        machines: domain.machines.map((one) => (one === machine ? attached(one, firewall) : one)),
      };
    }),
  };
}

/** Its NICs in other domains are what it is for, and what it says there is others': nothing ties it to one address. */
function attached(machine: DesiredMachine, { ports }: Firewall): DesiredMachine {
  const others = machine.profiles.filter((name) => name !== FIREWALL_PROFILE);
  const words = ['nic:unpinned', ...ports.slice(1).map(({ bridge }) => `nic:${bridge}`)];
  const allow = [...new Set([...(machine.allow ?? []), ...words])];
  return { ...machine, profiles: [...others, FIREWALL_PROFILE], allow };
}

function firewallProfile({ ports }: Firewall): DesiredProfile {
  const cards = ports.map((leg, index) => [
    leg.card,
    {
      type: 'nic',
      network: leg.bridge,
      name: leg.card,
      ...legPins(leg),
      // eth0 gets these with the rest of the machine's own card.
      ...(index > 0 && {
        'ipv4.address': leg.address,
        ...(leg.ipv6 && { 'ipv6.address': leg.ipv6.address }),
        host_name: leg.port,
        hwaddr: leg.mac,
      }),
    },
  ]);
  return {
    name: FIREWALL_PROFILE,
    config: {},
    devices: Object.fromEntries(cards),
  };
}
