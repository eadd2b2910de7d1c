import type { Text } from '../../../base/messages/index.ts';
import { error, type Finding, type Path, warning } from '../finding.ts';
import { nearest, suggester } from '../nearest.ts';
import type { Infra, Machine } from '../types.ts';
import { type Refusal, refusalOf } from './ansible-types.ts';
import type { DescribeRoles, RoleDescription, RoleVariable } from './describe.ts';
import { earlierRole } from './earlier.ts';

type Described = Awaited<ReturnType<DescribeRoles>>;

/** The roles that machines list, each with whether one of those machines sets variables of roles. */
export function listedRoles({ domains }: Infra): ReadonlyMap<string, boolean> {
  const listed = new Map<string, boolean>();
  for (const { roles, vars } of domains.flatMap(({ machines }) => machines))
    for (const role of roles)
      listed.set(role, (listed.get(role) ?? false) || Object.keys(vars).length > 0);
  return listed;
}

/**
 * What Ansible would only find out once the machines are there: roles that are nowhere (a warning, as one may be
 * written in between), values that a role does not take (an error), and variables that it does not know (a warning).
 * Strict, all of them are errors.
 */
export function checkRoles({ domains }: Infra, described: Described, strict = false): Finding[] {
  const names = [...described].flatMap(([name, one]) => (one ? [name] : []));
  const known = { described, suggest: suggester(names), doubt: strict ? error : warning };
  return domains.flatMap((domain) =>
    domain.machines.flatMap((machine) => {
      const path = ['domains', domain.name, 'machines', machine.name];
      return [...missing(machine, path, known), ...variables(machine, path, known)];
    }),
  );
}

/** What is known of roles, and how a doubt is told. */
interface Known {
  readonly described: Described;
  readonly suggest: (word: string) => string | undefined;
  readonly doubt: typeof warning;
}

function missing({ roles }: Machine, path: Path, { described, suggest, doubt }: Known): Finding[] {
  return roles.flatMap((role, index) => {
    if (!described.has(role) || described.get(role)) return [];
    const place = [...path, 'roles', String(index)];
    const earlier = earlierRole(role);
    if (earlier) {
      const { message, remedy } = earlier;
      return [doubt('role-not-found', place, unprovisioned(message), { remedy })];
    }
    const near = suggest(role);
    return [
      doubt(
        'role-not-found',
        place,
        unprovisioned({
          en: `There is no role '${role}'${near ? `; did you mean '${near}'?` : '.'}`,
          fr: `Il n'y a pas de rôle « ${role} »${near ? ` ; vouliez-vous dire « ${near} » ?` : '.'}`,
        }),
        {
          remedy: {
            en: `Put it into roles_custom/${role}, or list where it comes from in requirements.yml.`,
            fr: `Placez-le dans roles_custom/${role}, ou indiquez sa provenance dans requirements.yml.`,
          },
        },
      ),
    ];
  });
}

function unprovisioned({ en, fr }: Text): Text {
  return {
    en: `${en} The machine is made, but not provisioned.`,
    fr: `${fr} La machine est créée, mais pas provisionnée.`,
  };
}

function variables({ roles, vars }: Machine, path: Path, { described, doubt }: Known): Finding[] {
  const listed = roles.map((role): Owner => ({ role, description: described.get(role) }));
  return Object.entries(vars).flatMap(([key, value]) => {
    const here = [...path, key];
    const declaring = listed.find(({ description }) => declared(description, key));
    const variable = declared(declaring?.description, key);
    if (declaring && variable) {
      const refusal = refusalOf(value, variable);
      return refusal ? [refused(key, here, declaring.role, refusal)] : [];
    }
    if (listed.some(({ description }) => description?.defaults.includes(key))) return [];
    const { role, description } = namesake(key, listed) ?? {};
    if (role === undefined || !description?.variables) return [];
    return [unknown(key, here, role, Object.keys(description.variables), doubt)];
  });
}

interface Owner {
  readonly role: string;
  readonly description: RoleDescription | undefined;
}

function declared(description: RoleDescription | undefined, key: string): RoleVariable | undefined {
  const all = description?.variables ?? {};
  return Object.hasOwn(all, key) ? all[key] : undefined;
}

/** The role whose name a variable begins with; the longest, where one name begins with another. */
function namesake(key: string, listed: readonly Owner[]): Owner | undefined {
  return listed
    .filter(({ role }) => key.startsWith(`${snake(role)}_`))
    .sort((a, b) => b.role.length - a.role.length)[0];
}

function snake(role: string): string {
  return role.replaceAll('-', '_');
}

function unknown(
  key: string,
  path: Path,
  role: string,
  known: readonly string[],
  doubt: typeof warning,
): Finding {
  const near = nearest(key, known);
  return doubt(
    'role-variable-unknown',
    path,
    {
      en: `The role '${role}' has no variable '${key}'${near ? `; did you mean '${near}'?` : '.'}`,
      fr: `Le rôle « ${role} » n'a pas de variable « ${key} »${near ? ` ; vouliez-vous dire « ${near} » ?` : '.'}`,
    },
    {
      remedy: near
        ? {
            en: `Write '${near}', or declare the variable in the role.`,
            fr: `Écrivez « ${near} », ou déclarez la variable dans le rôle.`,
          }
        : {
            en: 'Remove it, or declare it in meta/argument_specs.yml of the role.',
            fr: 'Retirez-la, ou déclarez-la dans meta/argument_specs.yml du rôle.',
          },
    },
  );
}

function refused(key: string, path: Path, role: string, refusal: Refusal): Finding {
  const [en, fr] = wanted(refusal);
  return error(
    'role-variable-invalid',
    path,
    {
      en: `The role '${role}' takes ${en} for ${key}.`,
      fr: `Le rôle « ${role} » attend ${fr} pour ${key}.`,
    },
    {
      remedy: {
        en: `Change the value; meta/argument_specs.yml of the role tells what it takes.`,
        fr: `Changez la valeur ; meta/argument_specs.yml du rôle indique ce qu'il accepte.`,
      },
    },
  );
}

const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  bool: ['true or false', 'true ou false'],
  int: ['a whole number', 'un nombre entier'],
  float: ['a number', 'un nombre'],
  list: ['a list', 'une liste'],
  dict: ['a mapping', 'un tableau de clés et de valeurs'],
};

const MEMBERS: Readonly<Record<string, readonly [string, string]>> = {
  bool: ['a list of true and false', 'une liste de true et false'],
  int: ['a list of whole numbers', 'une liste de nombres entiers'],
  float: ['a list of numbers', 'une liste de nombres'],
  list: ['a list of lists', 'une liste de listes'],
  dict: ['a list of mappings', 'une liste de tableaux de clés et de valeurs'],
};

function wanted(refusal: Refusal): readonly [string, string] {
  if (refusal.reason === 'choice') {
    const choices = refusal.choices.join(', ');
    return [`one of ${choices}`, `l'une de ces valeurs : ${choices},`];
  }
  const words = refusal.reason === 'element' ? MEMBERS : KINDS;
  return words[refusal.type] ?? [refusal.type, refusal.type];
}
