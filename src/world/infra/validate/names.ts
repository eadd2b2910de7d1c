import type { Text } from '../../../base/messages/index.ts';
import { nestingPrefix } from '../defaults.ts';
import { error, type Finding, type Path, warning } from '../finding.ts';
import { isName, LONGEST_NAME, parseMachineName } from '../names.ts';
import type { RawInfra } from '../schema.ts';
import type { ResolveContext } from '../types.ts';
import { machinesOf } from '../walk.ts';

/** Names that mean something else: to policies (host), to Incus (default) and to Ansible (the rest). */
const RESERVED_DOMAINS = new Set(['host', 'default', 'all', 'ungrouped', 'localhost']);
/** Incus projects that anklume makes for itself: a domain of that name would live in one. */
const OWN_PROJECTS = new Set(
  ['trash', 'disposable', 'golden', 'test-runner'].map((one) => `anklume-${one}`),
);
const RESERVED_MACHINES = new Set(['host', 'all', 'ungrouped', 'localhost']);

/** Names of projects, domains, machines and profiles. */
export function names(raw: RawInfra, context: ResolveContext): Finding[] {
  const room = LONGEST_NAME - nestingPrefix(raw, context).length;
  return [
    ...projectName(raw),
    ...Object.keys(raw.domains ?? {}).flatMap((name) => domainName(name, room)),
    ...machinesOf(raw).flatMap(({ name, path }) => machineName(name, path, room)),
    ...profileNames(raw),
    ...twins(raw),
    ...ambiguous(raw),
  ];
}

/** The project's name is a mark on objects, not a host name, so older and freer names stay valid. */
function projectName({ project_name: name }: RawInfra): Finding[] {
  if (name === undefined || /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,62}$/u.test(name)) return [];
  const message = {
    en: `'${name}' cannot be the name of a project.`,
    fr: `« ${name} » ne peut pas être le nom d'un projet.`,
  };
  return [
    error('invalid-name', ['project_name'], message, {
      remedy: {
        en: 'Use up to 63 letters, digits, hyphens, dots and underscores.',
        fr: 'Utilisez au plus 63 lettres, chiffres, tirets, points et soulignés.',
      },
    }),
  ];
}

export function domainName(name: string, room: number = LONGEST_NAME): Finding[] {
  const path = ['domains', name];
  if (RESERVED_DOMAINS.has(name)) return [reserved(name, path)];
  if (isOwnProject(name)) return [ownProject(name, path)];
  return isName(name) && name.length <= room
    ? []
    : [invalid(name, path, { en: 'a domain', fr: 'un domaine' }, room)];
}

export function machineName(name: string, path: Path, room: number = LONGEST_NAME): Finding[] {
  if (RESERVED_MACHINES.has(name)) return [reserved(name, path)];
  return parseMachineName(name) && name.length <= room
    ? []
    : [invalid(name, path, { en: 'a machine', fr: 'une machine' }, room)];
}

/** Incus keeps profile names in paths of its API. */
function profileNames(raw: RawInfra): Finding[] {
  return Object.entries(raw.domains ?? {}).flatMap(([domain, body]) =>
    Object.keys(body.profiles ?? {})
      .filter((name) => !/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name))
      .map((name) =>
        error(
          'invalid-name',
          ['domains', domain, 'profiles', name],
          {
            en: `'${name}' cannot be the name of a profile.`,
            fr: `« ${name} » ne peut pas être le nom d'un profil.`,
          },
          {
            remedy: {
              en: 'Use letters, digits, hyphens, dots and underscores.',
              fr: 'Utilisez des lettres, des chiffres, des tirets, des points et des soulignés.',
            },
          },
        ),
      ),
  );
}

/** Files and groups are named after machines alone, so two domains cannot use the same name. */
function twins(raw: RawInfra): Finding[] {
  const first = new Map<string, { readonly domain: string; readonly path: Path }>();
  const findings: Finding[] = [];
  for (const { name, domain, path } of machinesOf(raw)) {
    const before = first.get(name);
    if (!before) first.set(name, { domain, path });
    else
      findings.push(
        error(
          'duplicate-machine',
          path,
          {
            en: `The machine '${name}' of the domain '${domain}' has the same name as one of '${before.domain}'.`,
            fr: `La machine « ${name} » du domaine « ${domain} » porte le même nom qu'une machine de « ${before.domain} ».`,
          },
          {
            relatedPath: before.path,
            remedy: {
              en: `Rename one of them, for example '${domain}-${name}'.`,
              fr: `Renommez l'une des deux, par exemple « ${domain}-${name} ».`,
            },
          },
        ),
      );
  }
  return findings;
}

/** A machine may share its name with a domain; a policy that uses the name gets the reading that opens less. */
function ambiguous(raw: RawInfra): Finding[] {
  const machines = new Map(machinesOf(raw).map(({ name, path }) => [name, path]));
  return (raw.network_policies ?? []).flatMap((policy, i) =>
    (['from', 'to'] as const).flatMap((side) => {
      const name = policy[side];
      const relatedPath = name === undefined ? undefined : machines.get(name);
      if (!name || !relatedPath || !Object.hasOwn(raw.domains ?? {}, name)) return [];
      const message = {
        en: `'${name}' is both a domain and a machine; the policy is read as naming the machine alone.`,
        fr: `« ${name} » est à la fois un domaine et une machine ; la politique est lue comme désignant la seule machine.`,
      };
      return [
        warning('ambiguous-name', ['network_policies', String(i), side], message, {
          relatedPath,
          remedy: {
            en: 'Rename the machine if you mean the whole domain.',
            fr: 'Renommez la machine si vous visez le domaine entier.',
          },
        }),
      ];
    }),
  );
}

/** Whether an Incus project is one that anklume makes for itself. */
export function isOwnProject(name: string): boolean {
  return OWN_PROJECTS.has(name);
}

function ownProject(name: string, path: Path): Finding {
  return error(
    'reserved-name',
    path,
    {
      en: `'${name}' is an Incus project in which anklume keeps things of its own, and cannot be a domain.`,
      fr: `« ${name} » est un projet Incus où anklume garde ses propres objets, et ne peut pas être un domaine.`,
    },
    { remedy: { en: 'Choose another name.', fr: 'Choisissez un autre nom.' } },
  );
}

function reserved(name: string, path: Path): Finding {
  return error(
    'reserved-name',
    path,
    {
      en: `The name '${name}' already means something else.`,
      fr: `Le nom « ${name} » a déjà un autre sens.`,
    },
    { remedy: { en: 'Choose another name.', fr: 'Choisissez un autre nom.' } },
  );
}

function invalid(name: string, path: Path, what: Text, room: number): Finding {
  return error(
    'invalid-name',
    path,
    {
      en: `'${name}' cannot be the name of ${what.en}.`,
      fr: `« ${name} » ne peut pas être le nom d'${what.fr}.`,
    },
    {
      remedy: {
        en: `Use 1 to ${room} lower-case letters, digits and hyphens, with no hyphen at either end and not digits alone.`,
        fr: `Utilisez de 1 à ${room} lettres minuscules, chiffres et tirets, sans tiret au début ni à la fin, et pas seulement des chiffres.`,
      },
    },
  );
}
