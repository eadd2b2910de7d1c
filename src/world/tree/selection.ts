import { AnklumeError, ExitCode } from '../../base/messages/index.ts';

/** What a word can mean: domains of an Incus project each, with machines in them. */
interface Inhabited<Machine> {
  readonly name: string;
  readonly project: string;
  readonly machines: readonly Machine[];
}

interface Named {
  /** Name in infra.yml. */
  readonly name: string;
  /** Name in Incus. */
  readonly instance: string;
}

/** What was meant of one domain. */
export interface Selected<Domain, Machine> {
  readonly domain: Domain;
  /** In the order of infra.yml. */
  readonly machines: readonly Machine[];
  /** The domain was meant, and not only machines in it. */
  readonly whole: boolean;
}

/** Stands for every machine: infra.yml lets no domain and no machine be called so. */
export const ALL = 'all';

/**
 * The one grammar for machines: `NAME` of a machine or of a domain, `PROJECT/NAME` or `DOMAIN/NAME` of a machine, `all`,
 * and several of these with commas between them. Domains come in the order of infra.yml, each once. Throws
 * `unknown-limit` (exit 2) for a word that means nothing here. Pure.
 */
export function selectMachines<Machine extends Named, Domain extends Inhabited<Machine>>(
  domains: readonly (Domain & Inhabited<Machine>)[],
  words: string,
): Selected<Domain, Machine>[] {
  const meant = words.split(',').map((word) => meaningOf<Machine, Domain>(domains, word.trim()));
  return domains.flatMap((domain) => {
    const here = meant.flatMap((one) => one.get(domain) ?? []);
    if (here.length === 0) return [];
    const whole = here.includes('whole');
    const machines = domain.machines.filter((machine) => whole || here.includes(machine));
    return [{ domain, machines, whole }];
  });
}

/** The machine that `NAME`, `PROJECT/NAME` or `DOMAIN/NAME` means. */
export function findMachine<Machine extends Named, Domain extends Inhabited<Machine>>(
  domains: readonly (Domain & Inhabited<Machine>)[],
  word: string,
): { readonly domain: Domain; readonly machine: Machine } | undefined {
  const [, place, name = word] = /^([^/]+)\/([^/]+)$/.exec(word) ?? [];
  for (const domain of domains) {
    if (place !== undefined && domain.project !== place && domain.name !== place) continue;
    const machine = domain.machines.find((one) => one.name === name || one.instance === name);
    if (machine) return { domain, machine };
  }
  return undefined;
}

type Meaning<Domain, Machine> = ReadonlyMap<Domain, 'whole' | Machine>;

function meaningOf<Machine extends Named, Domain extends Inhabited<Machine>>(
  domains: readonly Domain[],
  word: string,
): Meaning<Domain, Machine> {
  if (word === ALL) return new Map(domains.map((one) => [one, 'whole']));
  const domain = domains.find(({ name }) => name === word);
  if (domain) return new Map([[domain, 'whole']]);
  const one = findMachine<Machine, Domain>(domains, word);
  if (one) return new Map([[one.domain, one.machine]]);
  throw unknown(domains, word);
}

function unknown(domains: readonly Inhabited<Named>[], word: string): AnklumeError {
  const names = domains.map(({ name }) => name).join(', ');
  return new AnklumeError({
    code: 'unknown-limit',
    exit: ExitCode.usage,
    message: {
      en: `'${word}' is neither a domain nor a machine of this infrastructure.`,
      fr: `« ${word} » n'est ni un domaine ni une machine de cette infrastructure.`,
    },
    remedy: { en: `Domains: ${names}.`, fr: `Domaines : ${names}.` },
  });
}
