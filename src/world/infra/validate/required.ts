import { error, type Finding, type Path } from '../finding.ts';
import type { RawInfra } from '../schema.ts';

/** Keys that have no default. */
export function required(raw: RawInfra): Finding[] {
  const findings: Finding[] = [];
  if (raw.project_name === undefined)
    findings.push(
      missing([], 'project_name', {
        en: "Write 'project_name: ' and a name at the top of the file.",
        fr: 'Écrivez « project_name: » et un nom en tête du fichier.',
      }),
    );
  if (raw.domains === undefined)
    findings.push(
      missing([], 'domains', {
        en: "Write 'domains:' and, under it, your domains with their machines.",
        fr: 'Écrivez « domains: » et, dessous, vos domaines avec leurs machines.',
      }),
    );
  for (const [i, policy] of (raw.network_policies ?? []).entries())
    for (const key of ['from', 'to'] as const)
      if (policy[key] === undefined)
        findings.push(
          missing(['network_policies', String(i)], key, {
            en: `Write '${key}: ' and the name of a domain, of a machine, or host.`,
            fr: `Écrivez « ${key}: » et le nom d'un domaine, d'une machine, ou host.`,
          }),
        );
  return findings;
}

function missing(path: Path, key: string, remedy: NonNullable<Finding['remedy']>): Finding {
  return error(
    'missing-key',
    [...path, key],
    { en: `'${key}' is missing.`, fr: `« ${key} » manque.` },
    { remedy },
  );
}
