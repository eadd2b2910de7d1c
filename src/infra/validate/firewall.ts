import { FIREWALL_HOST } from '../addressing.ts';
import { FIREWALL_DOMAIN, FIREWALL_MACHINE } from '../enrich.ts';
import { error, type Finding, warning } from '../finding.ts';
import { octetsOf } from '../names.ts';
import type { RawInfra } from '../schema.ts';
import { enabledMachines } from '../walk.ts';

/** The firewall machine needs a domain to live in, and an address in every domain. */
export function firewall(raw: RawInfra): Finding[] {
  if (raw.global?.firewall_mode !== 'vm') return [];
  const machines = enabledMachines(raw);
  const declared = machines.some(({ name }) => name === FIREWALL_MACHINE);
  const domain = raw.domains?.[FIREWALL_DOMAIN];
  if (!declared && (!domain || domain.enabled === false))
    return [
      warning(
        'firewall-without-domain',
        ['global', 'firewall_mode'],
        {
          en: `firewall_mode is vm, but there is no domain '${FIREWALL_DOMAIN}' for the firewall machine: domains will not reach each other.`,
          fr: `firewall_mode vaut vm, mais il n'y a pas de domaine « ${FIREWALL_DOMAIN} » pour la machine pare-feu : les domaines ne se joindront pas.`,
        },
        {
          remedy: {
            en: `Declare the domain '${FIREWALL_DOMAIN}', or write 'firewall_mode: host'.`,
            fr: `Déclarez le domaine « ${FIREWALL_DOMAIN} », ou écrivez « firewall_mode: host ».`,
          },
        },
      ),
    ];
  return machines
    .filter(
      ({ name, body }) =>
        name !== FIREWALL_MACHINE && octetsOf(body.ip ?? '')?.[3] === FIREWALL_HOST,
    )
    .map(({ name, path, body }) =>
      error(
        'firewall-address-taken',
        [...path, 'ip'],
        {
          en: `'${name}' has the address ${body.ip}, which the firewall machine needs.`,
          fr: `« ${name} » a l'adresse ${body.ip}, dont la machine pare-feu a besoin.`,
        },
        {
          relatedPath: ['global', 'firewall_mode'],
          remedy: {
            en: 'Choose another address.',
            fr: 'Choisissez une autre adresse.',
          },
        },
      ),
    );
}
