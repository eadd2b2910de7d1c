import { error, type Finding, type Path, warning } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import { parseSize } from '../units.ts';
import { volumesOf } from '../volumes.ts';
import { type MachineEntry, machinesOf } from '../walk.ts';

/** Volumes have a name, a place in the machine that is theirs alone, and a size that Incus understands. */
export function volumes(raw: RawInfra): Finding[] {
  return machinesOf(raw).flatMap(ofMachine);
}

function ofMachine(entry: MachineEntry): Finding[] {
  const places = new Map<string, Path>();
  const names = new Map<string, Path>();
  return volumesOf(entry.body).flatMap(({ name, body, path: inner }) => {
    const path = [...entry.path, ...inner];
    const findings: Finding[] = [];
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name))
      findings.push(
        invalid(path, {
          en: `A storage volume of '${entry.name}' needs a name of letters, digits, hyphens, dots and underscores.`,
          fr: `Un volume de stockage de « ${entry.name} » a besoin d'un nom fait de lettres, chiffres, tirets, points et soulignés.`,
        }),
      );
    if (body.path === undefined) findings.push(withoutPath(entry.name, name, [...path, 'path']));
    else if (!body.path.startsWith('/') || body.path.split('/').includes('..'))
      findings.push(
        invalid([...path, 'path'], {
          en: `The storage volume '${name}' needs an absolute 'path', where the machine sees it.`,
          fr: `Le volume de stockage « ${name} » a besoin d'un « path » absolu, là où la machine le voit.`,
        }),
      );
    if (body.size !== undefined && !parseSize(String(body.size)))
      findings.push(
        invalid([...path, 'size'], {
          en: `'${body.size}' is not a size such as 20GiB.`,
          fr: `« ${body.size} » n'est pas une taille comme 20GiB.`,
        }),
      );
    findings.push(...twice(names, name, path));
    if (body.path) findings.push(...twice(places, body.path, [...path, 'path']));
    return findings;
  });
}

/** A file with such a volume is not refused: the volume is there, and can be attached later. */
function withoutPath(machine: string, name: string, path: Path): Finding {
  return warning(
    'volume-without-path',
    path,
    {
      en: `The storage volume '${name}' has no 'path': it is made, and '${machine}' does not see it.`,
      fr: `Le volume de stockage « ${name} » n'a pas de « path » : il est créé, et « ${machine} » ne le voit pas.`,
    },
    {
      remedy: {
        en: `Write where the machine is to see it, for example 'path: /srv/${name}'.`,
        fr: `Écrivez où la machine doit le voir, par exemple « path: /srv/${name} ».`,
      },
    },
  );
}

function twice(seen: Map<string, Path>, value: string, path: Path): Finding[] {
  const before = seen.get(value);
  if (!before) seen.set(value, path);
  if (!before || value === '') return [];
  return [
    {
      ...invalid(path, {
        en: `Two storage volumes of one machine use '${value}'.`,
        fr: `Deux volumes de stockage d'une machine utilisent « ${value} ».`,
      }),
      relatedPath: before,
    },
  ];
}

function invalid(path: Path, message: Finding['message']): Finding {
  return error('invalid-volume', path, message, {
    remedy: {
      en: 'For example: models: {path: /srv/models, size: 20GiB}.',
      fr: 'Par exemple : models: {path: /srv/models, size: 20GiB}.',
    },
  });
}
