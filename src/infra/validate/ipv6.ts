import { error, type Finding } from '../finding.ts';
import { isBase6 } from '../ipv6.ts';
import type { RawInfra } from '../schema.ts';

/** The base of IPv6 networks, and where IPv6 cannot be had. */
export function ipv6(raw: RawInfra): Finding[] {
  return [...base(raw), ...throughFirewall(raw)];
}

function base({ global }: RawInfra): Finding[] {
  const text = global?.base_subnet6;
  if (text === undefined || isBase6(text)) return [];
  return [
    error(
      'invalid-base-subnet6',
      ['global', 'base_subnet6'],
      {
        en: `'${text}' is not the first three groups of a private IPv6 network.`,
        fr: `« ${text} » n'est pas les trois premiers groupes d'un réseau IPv6 privé.`,
      },
      {
        remedy: {
          en: 'Write three groups in quotes, the first with fd and two digits, in lower case: "fd12:3456:789a". Or leave the key out.',
          fr: 'Écrivez trois groupes entre guillemets droits, le premier avec fd et deux chiffres, en minuscules : "fd12:3456:789a". Ou omettez la clé.',
        },
      },
    ),
  ];
}

/** The firewall machine routes and filters IPv4 alone. */
function throughFirewall(raw: RawInfra): Finding[] {
  if (raw.global?.firewall_mode !== 'vm') return [];
  return Object.entries(raw.domains ?? {}).flatMap(([name, { ipv6: declared }]) =>
    declared
      ? [
          error(
            'ipv6-with-firewall-vm',
            ['domains', name, 'ipv6'],
            {
              en: `The domain '${name}' declares IPv6, which the firewall machine (firewall_mode: vm) does not pass on.`,
              fr: `Le domaine « ${name} » déclare IPv6, que la machine pare-feu (firewall_mode: vm) ne transmet pas.`,
            },
            {
              relatedPath: ['global', 'firewall_mode'],
              remedy: {
                en: `Leave 'ipv6' out, or write 'firewall_mode: host'.`,
                fr: 'Omettez « ipv6 », ou écrivez « firewall_mode: host ».',
              },
            },
          ),
        ]
      : [],
  );
}
