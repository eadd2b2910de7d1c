import type { Text } from '../../../base/messages/index.ts';
import { octetsOf } from '../../../base/system/index.ts';
import { error, type Finding, type Path, warning } from '../finding.ts';
import { baseOf } from '../networks.ts';
import type { RawInfra } from '../schema.ts';

/** The base network, and one subnet id a domain. */
export function subnets(raw: RawInfra): Finding[] {
  return [...base(raw), ...twins(raw)];
}

function base(raw: RawInfra): Finding[] {
  const { addressing, base_subnet: text } = raw.global ?? {};
  const remedy = {
    en: 'Write the first two octets of a private network in quotes: "10.100".',
    fr: 'Écrivez les deux premiers octets d\'un réseau privé entre guillemets droits : "10.100".',
  };
  if (addressing) {
    const zones = new Set(Object.values(raw.domains ?? {}).map((domain) => baseOf(raw, domain)));
    const path = ['global', 'addressing'];
    return [...zones].flatMap((zone) => usable(zone, path, ZONES_REMEDY)).slice(0, 1);
  }
  if (text === undefined) return [];
  const path = ['global', 'base_subnet'];
  const octets = octetsOf(`${text}.0.0`);
  if (!octets || text.split('.').length !== 2)
    return [
      error(
        'invalid-base-subnet',
        path,
        {
          en: `'${text}' is not the first two octets of a network.`,
          fr: `« ${text} » ne désigne pas les deux premiers octets d'un réseau.`,
        },
        { remedy },
      ),
    ];
  return usable(text, path, remedy);
}

const ZONES_REMEDY: Text = {
  en: 'Leave base_octet and zone_base out: zones are 10.100 to 10.150 then.',
  fr: 'Omettez base_octet et zone_base : les zones vont alors de 10.100 à 10.150.',
};

/** Whether machines can have addresses in a network of two octets. */
function usable(text: string, path: Path, remedy: Text): Finding[] {
  const octets = octetsOf(`${text}.0.0`) ?? [];
  const [first = 0, second = 0] = octets;
  if (first === 0 || first === 127 || first >= 224 || (first === 169 && second === 254))
    return [
      error(
        'invalid-base-subnet',
        path,
        {
          en: `Machines cannot have addresses in ${text}.0.0/16: the range serves another purpose.`,
          fr: `Des machines ne peuvent pas avoir d'adresse dans ${text}.0.0/16 : cette plage a un autre usage.`,
        },
        { remedy },
      ),
    ];
  if (isPrivate(first, second)) return [];
  return [
    warning(
      'public-base-subnet',
      path,
      {
        en: `${text}.0.0/16 is not a private network: real hosts in it become unreachable.`,
        fr: `${text}.0.0/16 n'est pas un réseau privé : les vrais hôtes qui s'y trouvent deviennent injoignables.`,
      },
      { remedy },
    ),
  ];
}

/** RFC 1918, and the shared range of RFC 6598. */
function isPrivate(first: number, second: number): boolean {
  return (
    first === 10 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    (first === 100 && second >= 64 && second < 128)
  );
}

function twins(raw: RawInfra): Finding[] {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [name, domain] of Object.entries(raw.domains ?? {})) {
    const { subnet_id: id } = domain;
    if (id === undefined) continue;
    const network = `${baseOf(raw, domain)}.${id}`;
    const before = first.get(network);
    if (before === undefined) first.set(network, name);
    else
      findings.push(
        error(
          'duplicate-subnet',
          ['domains', name, 'subnet_id'],
          {
            en: `The subnet_id ${id} of the domain '${name}' is already used by '${before}'.`,
            fr: `Le subnet_id ${id} du domaine « ${name} » est déjà utilisé par « ${before} ».`,
          },
          {
            relatedPath: ['domains', before, 'subnet_id'],
            remedy: {
              en: 'Give one of them another number from 0 to 254, or leave it out.',
              fr: "Donnez à l'un des deux un autre nombre de 0 à 254, ou omettez-le.",
            },
          },
        ),
      );
  }
  return findings;
}
