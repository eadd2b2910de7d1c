import { describedDomains, isDescribed } from '../described.ts';
import { error, type Finding, type Path } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import { machinesOf } from '../walk.ts';
import { domainName, machineName } from './names.ts';

/** Names of the Incus API: anything that could not break out of a path of it. */
const INCUS_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Domains with `managed: false`. Nothing is made from them, so only names matter. Looks at the whole document. */
export function described(raw: RawInfra): Finding[] {
  return [
    ...describedDomains(raw).flatMap(([name, { project }]) => [
      ...domainName(name),
      ...incusName(project, ['domains', name, 'project']),
    ]),
    ...machinesOf(raw)
      .filter(({ parent }) => isDescribed(parent))
      .flatMap(({ name, path, body }) => [
        ...machineName(name, path),
        ...incusName(body.instance, [...path, 'instance']),
      ]),
    ...twins(raw),
    ...misplaced(raw),
  ];
}

function incusName(name: string | undefined, path: Path): Finding[] {
  if (name === undefined || INCUS_NAME.test(name)) return [];
  return [
    error(
      'invalid-name',
      path,
      {
        en: `'${name}' cannot be a name in Incus.`,
        fr: `« ${name} » ne peut pas être un nom dans Incus.`,
      },
      {
        remedy: {
          en: 'Write the name as Incus shows it: anklume incus -- list --all-projects.',
          fr: "Écrivez le nom tel qu'Incus le montre : anklume incus -- list --all-projects.",
        },
      },
    ),
  ];
}

/** A machine that is described has a name of its own, as every other. */
function twins(raw: RawInfra): Finding[] {
  const first = new Map<string, Path>();
  const findings: Finding[] = [];
  for (const { name, path, parent } of [...machinesOf(raw)].sort(
    (a, b) => Number(isDescribed(a.parent)) - Number(isDescribed(b.parent)),
  )) {
    const before = first.get(name);
    if (!before) first.set(name, path);
    else if (isDescribed(parent))
      findings.push(
        error(
          'duplicate-machine',
          path,
          {
            en: `Another machine is called '${name}' too.`,
            fr: `Une autre machine s'appelle aussi « ${name} ».`,
          },
          {
            relatedPath: before,
            remedy: {
              en: `Give this one another name here, and 'instance: ${name}'.`,
              fr: `Donnez-lui ici un autre nom, et « instance: ${name} ».`,
            },
          },
        ),
      );
  }
  return findings;
}

/** Where anklume manages a domain, it chooses these names. */
function misplaced(raw: RawInfra): Finding[] {
  const findings: Finding[] = [];
  for (const [name, body] of Object.entries(raw.domains ?? {}))
    if (!isDescribed(body) && body.project !== undefined)
      findings.push(onlyDescribed('project', ['domains', name, 'project']));
  for (const { parent, path, body } of machinesOf(raw))
    if (!isDescribed(parent) && body.instance !== undefined)
      findings.push(onlyDescribed('instance', [...path, 'instance']));
  return findings;
}

function onlyDescribed(key: string, path: Path): Finding {
  return error(
    'only-described',
    path,
    {
      en: `'${key}' can only stand in a domain with 'managed: false'.`,
      fr: `« ${key} » ne peut figurer que dans un domaine avec « managed: false ».`,
    },
    {
      remedy: {
        en: `Remove it: a managed domain and its machines keep their own names in Incus.`,
        fr: `Retirez-la : un domaine géré et ses machines gardent leur propre nom dans Incus.`,
      },
    },
  );
}
