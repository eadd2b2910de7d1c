import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { printable, readIfExists } from '../../../base/system/index.ts';

/** What a test of a role does, in Molecule's words and order. */
export const STEPS = [
  'create',
  'prepare',
  'converge',
  'idempotence',
  'side_effect',
  'verify',
  'destroy',
] as const;
export type Step = (typeof STEPS)[number];

/** A machine that a test makes. */
export interface Platform {
  readonly name: string;
  /** Such as `images:debian/13`. */
  readonly image: string;
  /** Incus config of the instance. */
  readonly config: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  /** False: the machine has a network, but no way out of it. */
  readonly internet: boolean;
}

/** One folder `molecule/NAME` of a role. */
export interface Scenario {
  readonly role: string;
  readonly name: string;
  readonly folder: string;
  readonly platforms: readonly Platform[];
  readonly sequence: readonly Step[];
  readonly groupVars: Variables;
  readonly hostVars: Variables;
}

type Variables = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Names of the roles in a folder, sorted. */
export async function rolesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

/** The scenarios that a word stands for: `ROLE` for all of the role, `ROLE/SCENARIO` for one. Throws as `scenariosOf`. */
export async function chosenScenarios(rolesFolder: string, word: string): Promise<Scenario[]> {
  const [role = '', ...rest] = word.split('/');
  const all = await scenariosOf(rolesFolder, role);
  if (rest.length === 0) return all;
  const wanted = rest.join('/');
  const chosen = all.filter(({ name }) => name === wanted);
  if (chosen.length === 0) throw unknownScenario(role, wanted, all);
  return chosen;
}

/** Every scenario of a role, `default` first. Throws `role-unknown`, `role-untested`, `role-test-invalid`. */
export async function scenariosOf(rolesFolder: string, role: string): Promise<Scenario[]> {
  const known = await rolesIn(rolesFolder);
  if (!known.includes(role)) throw unknownRole(role, rolesFolder, known);
  const top = join(rolesFolder, role, 'molecule');
  const names = (await rolesIn(top)).sort(
    (a, b) => Number(b === 'default') - Number(a === 'default'),
  );
  const scenarios: Scenario[] = [];
  for (const name of names) {
    const folder = join(top, name);
    const text = await readIfExists(join(folder, 'molecule.yml'));
    if (text) scenarios.push(parseScenario(role, folder, text.toString('utf8')));
  }
  if (scenarios.length === 0) throw untested(role);
  return scenarios;
}

/** The part of molecule.yml that means something here; what only Molecule's drivers read is passed over. */
export function parseScenario(role: string, folder: string, untrustedText: string): Scenario {
  const fault = (what: Text): AnklumeError => invalid(join(folder, 'molecule.yml'), what);
  const untrusted = mapping(parseYaml(untrustedText, fault));
  const inventory = mapping(mapping(untrusted.provisioner).inventory);
  const platforms = list(untrusted.platforms).map((entry) => platformOf(mapping(entry), fault));
  if (platforms.length === 0)
    throw fault({
      en: "'platforms' names no machine",
      fr: '« platforms » ne nomme aucune machine',
    });
  const sequence = list(mapping(untrusted.scenario).test_sequence).filter(isStep);
  return {
    role,
    name: basename(folder),
    folder,
    platforms,
    sequence: sequence.length > 0 ? sequence : STEPS,
    groupVars: variables(inventory.group_vars),
    hostVars: variables(inventory.host_vars),
  };
}

function parseYaml(untrustedText: string, fault: (what: Text) => AnklumeError): unknown {
  try {
    return parse(untrustedText, { maxAliasCount: 100 });
  } catch (error) {
    const words = printable(String(error instanceof Error ? error.message : error));
    throw fault({ en: words, fr: words });
  }
}

function platformOf(
  untrusted: Readonly<Record<string, unknown>>,
  fault: (what: Text) => AnklumeError,
): Platform {
  const { name, image } = untrusted;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw fault({
      en: "a platform needs a 'name' of lower-case letters, digits and hyphens",
      fr: "une plateforme a besoin d'un « name » en minuscules, chiffres et tirets",
    });
  if (typeof image !== 'string')
    throw fault({
      en: `the platform '${name}' needs an 'image', such as images:debian/13`,
      fr: `la plateforme « ${name} » a besoin d'une « image », comme images:debian/13`,
    });
  const config = Object.entries(mapping(untrusted.config));
  return {
    name,
    image,
    config: Object.fromEntries(config.map(([key, value]) => [key, String(value)])),
    groups: list(untrusted.groups).filter((group) => typeof group === 'string'),
    internet: untrusted.internet !== false,
  };
}

function isStep(value: unknown): value is Step {
  return STEPS.some((step) => step === value);
}

function mapping(untrusted: unknown): Readonly<Record<string, unknown>> {
  return isMapping(untrusted) ? untrusted : {};
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(untrusted: unknown): readonly unknown[] {
  return Array.isArray(untrusted) ? untrusted : [];
}

function variables(untrusted: unknown): Variables {
  return Object.fromEntries(
    Object.entries(mapping(untrusted)).map(([name, values]) => [name, mapping(values)]),
  );
}

export function unknownRole(role: string, folder: string, known: readonly string[]): AnklumeError {
  const name = printable(role);
  const names = known.map(printable).join(', ');
  return new AnklumeError({
    code: 'role-unknown',
    exit: ExitCode.usage,
    message: {
      en: `There is no role '${name}' in ${folder}.`,
      fr: `Il n'y a pas de rôle « ${name} » dans ${folder}.`,
    },
    remedy: {
      en: known.length > 0 ? `The roles there: ${names}.` : 'Name another folder with --path.',
      fr:
        known.length > 0
          ? `Les rôles qui s'y trouvent : ${names}.`
          : 'Indiquez un autre dossier avec --path.',
    },
  });
}

function unknownScenario(role: string, wanted: string, all: readonly Scenario[]): AnklumeError {
  const name = printable(wanted);
  const names = all.map((scenario) => scenario.name).join(', ');
  return new AnklumeError({
    code: 'role-scenario-unknown',
    exit: ExitCode.usage,
    message: {
      en: `The role '${role}' has no test '${name}' in molecule/.`,
      fr: `Le rôle « ${role} » n'a pas de test « ${name} » dans molecule/.`,
    },
    remedy: { en: `Its tests: ${names}.`, fr: `Ses tests : ${names}.` },
  });
}

function untested(role: string): AnklumeError {
  return new AnklumeError({
    code: 'role-untested',
    message: {
      en: `The role '${role}' has no test: molecule/default/molecule.yml is missing.`,
      fr: `Le rôle « ${role} » n'a pas de test : molecule/default/molecule.yml est absent.`,
    },
    remedy: {
      en: 'docs/roles.md says what a test folder holds.',
      fr: "docs/roles_FR.md dit ce que contient un dossier d'essai.",
    },
  });
}

function invalid(file: string, what: Text): AnklumeError {
  return new AnklumeError({
    code: 'role-test-invalid',
    exit: ExitCode.usage,
    message: { en: `${file}: ${what.en}.`, fr: `${file} : ${what.fr}.` },
  });
}
