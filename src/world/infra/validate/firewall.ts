import { octetsOf } from '../../../base/system/index.ts';
import { FIREWALL_HOST } from '../addressing.ts';
import { FIREWALL_DOMAIN, FIREWALL_MACHINE } from '../enrich.ts';
import { error, type Finding, warning } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import { enabledMachines, type MachineEntry } from '../walk.ts';

/** The firewall machine needs a domain to live in, and an address in every domain. */
export function firewall(raw: RawInfra): Finding[] {
  if (raw.global?.firewall_mode !== 'vm') return [];
  const machines = enabledMachines(raw);
  const declared = machines.some(({ name }) => name === FIREWALL_MACHINE);
  const domain = raw.domains?.[FIREWALL_DOMAIN];
  if (!declared && (!domain || domain.enabled === false))
    return [
      error(
        'firewall-without-domain',
        ['global', 'firewall_mode'],
        {
          en: `firewall_mode is vm, and there is no domain '${FIREWALL_DOMAIN}' for the firewall machine.`,
          fr: `firewall_mode vaut vm, et il n'y a pas de domaine « ${FIREWALL_DOMAIN} » pour la machine pare-feu.`,
        },
        {
          remedy: {
            en: `Declare the domain '${FIREWALL_DOMAIN}', or write 'firewall_mode: host'.`,
            fr: `Déclarez le domaine « ${FIREWALL_DOMAIN} », ou écrivez « firewall_mode: host ».`,
          },
        },
      ),
    ];
  return [...takenAddresses(machines), ...ignoredPolicies(raw, machines)];
}

function takenAddresses(machines: readonly MachineEntry[]): Finding[] {
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

/** The firewall machine carries the conversations of others, and opens none of its own with another domain. */
function ignoredPolicies(raw: RawInfra, machines: readonly MachineEntry[]): Finding[] {
  const domains = new Map(machines.map(({ name, domain }) => [name, domain]));
  const home = domains.get(FIREWALL_MACHINE) ?? FIREWALL_DOMAIN;
  // Where a name is both, it means the machine.
  const domainOf = (name: string): string => domains.get(name) ?? name;
  return (raw.network_policies ?? []).flatMap(({ from, to }, i) => {
    const side = from === FIREWALL_MACHINE ? 'from' : 'to';
    const other = side === 'from' ? to : from;
    if (from !== FIREWALL_MACHINE && to !== FIREWALL_MACHINE) return [];
    if (other === undefined || other === 'host' || domainOf(other) === home) return [];
    return [
      warning(
        'firewall-policy-ignored',
        ['network_policies', String(i), side],
        {
          en: `Policy ${i + 1} opens nothing: '${FIREWALL_MACHINE}' passes on what other machines send, and itself speaks with no other domain.`,
          fr: `La politique ${i + 1} n'ouvre rien : « ${FIREWALL_MACHINE} » transmet ce qu'envoient les autres machines, et ne parle elle-même à aucun autre domaine.`,
        },
        {
          relatedPath: ['global', 'firewall_mode'],
          remedy: {
            en: `Name another machine of '${home}', or remove the policy.`,
            fr: `Nommez une autre machine de « ${home} », ou retirez la politique.`,
          },
        },
      ),
    ];
  });
}
