import { octetsOf } from '../../../base/system/index.ts';
import { GATEWAY_HOST } from '../addressing.ts';
import { error, type Finding, type Path } from '../finding.ts';
import { baseOf, planNetworks } from '../networks.ts';
import type { RawInfra } from '../schema.ts';
import { type MachineEntry, machinesOf } from '../walk.ts';

/** Addresses that machines are given by hand. */
export function addresses(raw: RawInfra): Finding[] {
  const zoned = raw.global?.addressing !== undefined;
  const planned = zoned ? planNetworks(raw) : undefined;
  return [
    ...machinesOf(raw).flatMap((entry) => {
      // With zones a network is known also where the file does not state it.
      const id = entry.parent.subnet_id ?? planned?.get(entry.domain)?.subnetId;
      return one(entry, baseOf(raw, entry.parent), id);
    }),
    ...twins(raw),
  ];
}

function one(entry: MachineEntry, base: string, id: number | undefined): Finding[] {
  const { ip } = entry.body;
  if (ip === undefined) return [];
  const path = [...entry.path, 'ip'];
  const octets = octetsOf(ip);
  if (!octets) return [invalid(ip, path)];
  if (id === undefined) return [needsSubnet(entry, path, octets, base)];
  const network = `${base}.${id}`;
  if (!ip.startsWith(`${network}.`)) return [outside(entry, path, network)];
  const host = octets[3];
  if (host === GATEWAY_HOST) return [gateway(entry, path)];
  return host === 0 || host === 255 ? [notForMachines(entry, path, network)] : [];
}

function invalid(ip: string, path: Path): Finding {
  return error(
    'invalid-address',
    path,
    { en: `'${ip}' is not an IPv4 address.`, fr: `« ${ip} » n'est pas une adresse IPv4.` },
    {
      remedy: {
        en: 'Write four numbers from 0 to 255, without a prefix length: 10.100.3.10. Or leave the key out.',
        fr: 'Écrivez quatre nombres de 0 à 255, sans longueur de préfixe : 10.100.3.10. Ou omettez la clé.',
      },
    },
  );
}

/** A chosen network and an address by hand would meet only by luck. */
function needsSubnet(
  { name, domain, body }: MachineEntry,
  path: Path,
  octets: readonly number[],
  base: string,
): Finding {
  const fits = `${octets[0]}.${octets[1]}` === base && (octets[2] ?? 255) < 255;
  return error(
    'address-without-subnet',
    path,
    {
      en: `'${name}' has the address ${body.ip}, but its domain '${domain}' has no subnet_id.`,
      fr: `« ${name} » a l'adresse ${body.ip}, mais son domaine « ${domain} » n'a pas de subnet_id.`,
    },
    {
      restsOn: placeOf(domain),
      remedy: fits
        ? {
            en: `Write 'subnet_id: ${octets[2]}' in the domain, or leave the address out.`,
            fr: `Écrivez « subnet_id: ${octets[2]} » dans le domaine, ou omettez l'adresse.`,
          }
        : {
            en: 'Give the domain a subnet_id, or leave the address out.',
            fr: "Donnez un subnet_id au domaine, ou omettez l'adresse.",
          },
    },
  );
}

function outside({ name, domain, body }: MachineEntry, path: Path, network: string): Finding {
  return error(
    'address-outside-subnet',
    path,
    {
      en: `The address ${body.ip} of '${name}' is outside ${network}.0/24, the network of the domain '${domain}'.`,
      fr: `L'adresse ${body.ip} de « ${name} » est hors de ${network}.0/24, le réseau du domaine « ${domain} ».`,
    },
    {
      relatedPath: ['domains', domain, 'subnet_id'],
      restsOn: placeOf(domain),
      remedy: {
        en: `Choose an address from ${network}.1 to ${network}.253, or leave it out.`,
        fr: `Choisissez une adresse de ${network}.1 à ${network}.253, ou omettez-la.`,
      },
    },
  );
}

/** What decides where the network of a domain lies. */
function placeOf(domain: string): Path[] {
  return [
    ['global', 'base_subnet'],
    ['domains', domain, 'subnet_id'],
  ];
}

function gateway({ name, domain, body }: MachineEntry, path: Path): Finding {
  return error(
    'address-is-gateway',
    path,
    {
      en: `The address ${body.ip} of '${name}' is the gateway of the domain '${domain}'.`,
      fr: `L'adresse ${body.ip} de « ${name} » est la passerelle du domaine « ${domain} ».`,
    },
    { remedy: { en: 'Choose another address.', fr: 'Choisissez une autre adresse.' } },
  );
}

function notForMachines({ name, body }: MachineEntry, path: Path, network: string): Finding {
  return error(
    'address-not-usable',
    path,
    {
      en: `The address ${body.ip} of '${name}' stands for the whole network ${network}.0/24.`,
      fr: `L'adresse ${body.ip} de « ${name} » désigne le réseau ${network}.0/24 tout entier.`,
    },
    { remedy: { en: 'Choose another address.', fr: 'Choisissez une autre adresse.' } },
  );
}

function twins(raw: RawInfra): Finding[] {
  const first = new Map<string, MachineEntry>();
  const findings: Finding[] = [];
  for (const entry of machinesOf(raw)) {
    const { ip } = entry.body;
    if (ip === undefined || !octetsOf(ip)) continue;
    const before = first.get(ip);
    if (!before) first.set(ip, entry);
    else
      findings.push(
        error(
          'duplicate-address',
          [...entry.path, 'ip'],
          {
            en: `The address ${ip} of '${entry.name}' is already used by '${before.name}'.`,
            fr: `L'adresse ${ip} de « ${entry.name} » est déjà utilisée par « ${before.name} ».`,
          },
          {
            relatedPath: [...before.path, 'ip'],
            remedy: {
              en: 'Give one of them another address, or leave it out.',
              fr: "Donnez à l'une des deux une autre adresse, ou omettez-la.",
            },
          },
        ),
      );
  }
  return findings;
}
