import { error, type Finding, type Path, warning } from './finding.ts';
import { isMapping } from './mapping.ts';
import { nearest } from './nearest.ts';
import {
  domainSchema,
  filePortalSchema,
  infraSchema,
  machineSchema,
  persistentDataSchema,
  policySchema,
  profileSchema,
  shareSchema,
  volumeSchema,
} from './schema.ts';
import { ceilingsSchema } from './schema-ceilings.ts';
import { addressingSchema, globalSchema, resourcePolicySchema } from './schema-global.ts';
import { isRoleVariable } from './variables.ts';

interface Known {
  readonly entries: Readonly<Record<string, unknown>>;
}

/** Keys that mean nothing here: warnings, so that no existing file stops loading, or errors when strict. */
export function unknownKeys(value: unknown, strict: boolean): Finding[] {
  if (!isMapping(value)) return [];
  const findings: Finding[] = [];
  const look = (
    mapping: unknown,
    path: Path,
    known: Known,
    roles: readonly string[] = [],
  ): void => {
    if (!isMapping(mapping)) return;
    const names = Object.keys(known.entries);
    for (const key of Object.keys(mapping))
      if (!Object.hasOwn(known.entries, key) && !isRoleVariable(key, roles))
        findings.push(unknown(key, path, names, strict));
  };

  look(value, [], infraSchema);
  look(value.global, ['global'], globalSchema);
  const { resource_policy: policy, addressing } = isMapping(value.global) ? value.global : {};
  look(addressing, ['global', 'addressing'], addressingSchema);
  look(policy, ['global', 'resource_policy'], resourcePolicySchema);
  const reserve = isMapping(policy) ? policy.host_reserve : undefined;
  look(reserve, ['global', 'resource_policy', 'host_reserve'], {
    entries: { cpu: true, memory: true },
  });
  each(value.shared_volumes, (one, key) => look(one, ['shared_volumes', key], shareSchema));
  each(value.network_policies, (one, i) => look(one, ['network_policies', i], policySchema));
  each(value.domains, (domain, name) => {
    const path = ['domains', name];
    look(domain, path, domainSchema);
    if (!isMapping(domain)) return;
    look(domain.file_portal, [...path, 'file_portal'], filePortalSchema);
    look(domain.ceilings, [...path, 'ceilings'], ceilingsSchema);
    each(domain.profiles, (one, key) => look(one, [...path, 'profiles', key], profileSchema));
    each(domain.machines, (one, key) => {
      const here = [...path, 'machines', key];
      look(one, here, machineSchema, rolesOf(one));
      if (isMapping(one)) look(one.ceilings, [...here, 'ceilings'], ceilingsSchema);
      const { storage_volumes: volumes, persistent_data: data } = isMapping(one) ? one : {};
      each(data, (folder, id) =>
        look(folder, [...here, 'persistent_data', id], persistentDataSchema),
      );
      each(volumes, (volume, id) => look(volume, [...here, 'storage_volumes', id], volumeSchema));
    });
  });
  return findings;
}

function each(holder: unknown, visit: (value: unknown, key: string) => void): void {
  if (isMapping(holder) || Array.isArray(holder))
    for (const [key, value] of Object.entries(holder)) visit(value, key);
}

function rolesOf(machine: unknown): string[] {
  const roles = isMapping(machine) ? machine.roles : undefined;
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
}

function unknown(key: string, path: Path, names: readonly string[], strict: boolean): Finding {
  if (path.length === 0 && (key === 'instances' || key === 'machines')) return machinesAtTop(key);
  const near = nearest(key, names);
  const report = strict ? error : warning;
  return report(
    'unknown-key',
    [...path, key],
    {
      en: `'${key}' is not a key that is known here${near ? `; did you mean '${near}'?` : '.'}`,
      fr: `« ${key} » n'est pas une clé connue ici${near ? ` ; vouliez-vous dire « ${near} » ?` : '.'}`,
    },
    {
      remedy: near
        ? {
            en: `Write '${near}', or remove the key.`,
            fr: `Écrivez « ${near} », ou retirez la clé.`,
          }
        : {
            en: `Remove it, or use one of: ${names.join(', ')}.`,
            fr: `Retirez-la, ou utilisez l'une de celles-ci : ${names.join(', ')}.`,
          },
    },
  );
}

/** Never only a warning: whole machines would be left out in silence. */
function machinesAtTop(key: string): Finding {
  return error(
    'machines-outside-domain',
    [key],
    {
      en: `Machines belong to a domain: '${key}' cannot stand at the top of the file.`,
      fr: `Les machines appartiennent à un domaine : « ${key} » ne peut pas être au premier niveau du fichier.`,
    },
    {
      remedy: {
        en: "Move them under 'domains.<name>.machines'.",
        fr: 'Déplacez-les sous « domains.<nom>.machines ».',
      },
    },
  );
}
