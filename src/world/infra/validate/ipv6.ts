import { error, type Finding } from '../finding.ts';
import { isBase6 } from '../ipv6.ts';
import type { RawInfra } from '../schema.ts';

/** The base of IPv6 networks. */
export function ipv6({ global }: RawInfra): Finding[] {
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
