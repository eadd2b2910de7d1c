import type { Place, Problem, Text } from '../../base/messages/index.ts';
import { ipv4Number } from '../../base/system/index.ts';
import { isHostOf6 } from '../infra/index.ts';
import type { DesiredDomain } from './desired.ts';
import { LEFTOVER } from './read-problems.ts';
import { rangeOf } from './shapes.ts';

/** Where a variable of a machine or domain is set. */
export type PlaceOf = (owner: string, variable: string) => Place;

/** What cannot be true together: a hand-edited tree is checked again as infra.yml was. */
export function findConflicts(domains: readonly DesiredDomain[], placeOf: PlaceOf): Problem[] {
  const machines = domains.flatMap((domain) => domain.machines);
  const claim = (owner: string, variable: string, value: string): Claim => ({
    variable,
    value,
    // Looked up for the few that conflict alone: finding a line in a text takes time.
    place: () => placeOf(owner, variable),
  });
  return [
    ...domains.flatMap((domain) => addressProblems(domain, placeOf)),
    ...twice(machines.map((machine) => claim(machine.name, 'instance_ip', machine.ip))),
    ...domains.flatMap((domain) => ipv6Problems(domain, placeOf)),
    ...twice(machines.flatMap(({ name, ip6 }) => (ip6 ? [claim(name, 'instance_ip6', ip6)] : []))),
    ...twice(
      domains.flatMap(({ name, network: { ipv6 } }) =>
        ipv6 ? [claim(name, 'incus_network', ipv6.subnet)] : [],
      ),
    ),
    ...twice(machines.map((machine) => claim(machine.name, 'instance_name', machine.instance))),
    ...twice(domains.map((domain) => claim(domain.name, 'incus_project', domain.project))),
    ...twice(domains.map((domain) => claim(domain.name, 'incus_network', domain.network.name))),
    ...overlaps(domains, placeOf),
  ];
}

interface Claim {
  readonly variable: string;
  readonly value: string;
  readonly place: () => Place;
}

/** Values that must differ and do not. */
function twice(claims: readonly Claim[]): Problem[] {
  const holders = new Map<string, Claim>();
  return claims.flatMap(({ variable, value, place }) => {
    const holder = holders.get(value);
    if (!holder) {
      holders.set(value, { variable, value, place });
      return [];
    }
    const message = {
      en: `'${value}' is used twice.`,
      fr: `« ${value} » est utilisé deux fois.`,
    };
    return [problem('tree-duplicate-value', variable, place(), message, holder.place())];
  });
}

function addressProblems(domain: DesiredDomain, placeOf: PlaceOf): Problem[] {
  const { subnet, gateway } = domain.network;
  const found: Problem[] = [];
  if (!isHostOf(gateway, subnet))
    found.push(
      problem('tree-address-outside', 'incus_network', placeOf(domain.name, 'incus_network'), {
        en: `The gateway ${gateway} is not an address of ${subnet}.`,
        fr: `La passerelle ${gateway} n'est pas une adresse de ${subnet}.`,
      }),
    );
  for (const { name, ip } of domain.machines) {
    if (!isHostOf(ip, subnet))
      found.push(
        problem('tree-address-outside', 'instance_ip', placeOf(name, 'instance_ip'), {
          en: `${ip} is not an address of the domain's network ${subnet}.`,
          fr: `${ip} n'est pas une adresse du réseau du domaine, ${subnet}.`,
        }),
      );
    else if (ip === gateway)
      found.push(
        problem('tree-address-is-gateway', 'instance_ip', placeOf(name, 'instance_ip'), {
          en: `${ip} is the gateway of the domain.`,
          fr: `${ip} est la passerelle du domaine.`,
        }),
      );
  }
  return found;
}

/** A machine without an IPv6 address in a domain with IPv6 is none: it has no IPv6. */
function ipv6Problems({ name, network, machines }: DesiredDomain, placeOf: PlaceOf): Problem[] {
  const { ipv6 } = network;
  const found: Problem[] = [];
  if (ipv6 && !isHostOf6(ipv6.gateway, ipv6.subnet))
    found.push(
      problem('tree-address-outside', 'incus_network', placeOf(name, 'incus_network'), {
        en: `The gateway ${ipv6.gateway} is not an address of ${ipv6.subnet}.`,
        fr: `La passerelle ${ipv6.gateway} n'est pas une adresse de ${ipv6.subnet}.`,
      }),
    );
  for (const { name: machine, ip6 } of machines) {
    if (ip6 === undefined) continue;
    const place = placeOf(machine, 'instance_ip6');
    if (!ipv6)
      found.push(
        problem('tree-address-outside', 'instance_ip6', place, {
          en: `${ip6} belongs to no network: its domain has no IPv6.`,
          fr: `${ip6} n'appartient à aucun réseau : son domaine n'a pas d'IPv6.`,
        }),
      );
    else if (!isHostOf6(ip6, ipv6.subnet))
      found.push(
        problem('tree-address-outside', 'instance_ip6', place, {
          en: `${ip6} is not an address of the domain's network ${ipv6.subnet}.`,
          fr: `${ip6} n'est pas une adresse du réseau du domaine, ${ipv6.subnet}.`,
        }),
      );
    else if (ip6 === ipv6.gateway)
      found.push(
        problem('tree-address-is-gateway', 'instance_ip6', place, {
          en: `${ip6} is the gateway of the domain.`,
          fr: `${ip6} est la passerelle du domaine.`,
        }),
      );
  }
  return found;
}

/** Whether an address is one that a machine of the network can have: not its first, not its last. */
function isHostOf(ip: string, subnet: string): boolean {
  const number = ipv4Number(ip);
  const range = rangeOf(subnet);
  return number !== undefined && range !== undefined && number > range.first && number < range.last;
}

function overlaps(domains: readonly DesiredDomain[], placeOf: PlaceOf): Problem[] {
  const ranges = domains
    .flatMap(({ name, network }) => {
      const range = rangeOf(network.subnet);
      return range ? [{ ...range, name, subnet: network.subnet }] : [];
    })
    .sort((a, b) => a.first - b.first);
  const found: Problem[] = [];
  let widest = ranges[0];
  for (const range of ranges.slice(1)) {
    if (widest && range.first <= widest.last)
      found.push(
        problem(
          'tree-overlapping-networks',
          'incus_network',
          placeOf(range.name, 'incus_network'),
          {
            en: `${range.subnet} overlaps ${widest.subnet} of '${widest.name}'.`,
            fr: `${range.subnet} recouvre ${widest.subnet} de « ${widest.name} ».`,
          },
          placeOf(widest.name, 'incus_network'),
        ),
      );
    if (!widest || range.last > widest.last) widest = range;
  }
  return found;
}

function problem(
  code: string,
  variable: string,
  place: Place,
  message: Text,
  related?: Place,
): Problem {
  const where = { place, ...(related && { related, remedy: LEFTOVER }) };
  return { code, severity: 'error', path: [variable], ...where, message };
}
