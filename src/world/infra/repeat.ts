import { error, type Finding, type Path } from './finding.ts';
import { isMapping } from './mapping.ts';
import { Spelled } from './spelled.ts';

/** What repeating gives: the document written out, and where each of its parts comes from. */
export interface Repeated {
  readonly value: unknown;
  readonly findings: readonly Finding[];
  /** The path in the files that a path in `value` comes from. */
  readonly origin: (path: Path) => Path;
}

type Mapping = Readonly<Record<string, unknown>>;

/** Machines and domains of one entry; a mistyped number must not fill the memory. */
const MOST = 1000;
/** Machines altogether: a daemon holds far fewer. */
const MOST_ALTOGETHER = 20_000;
/** Single policies that one stands for. */
const MOST_PAIRS = 1000;

/**
 * Writes out what stands for many: `student: {count: 30}` is student-01 to student-30, and so is `student-[01-30]`.
 * In the body `{n}` is the number and `{name}` the name; an `ip` or a `subnet_id` is the first of a row. A machine in
 * a domain that stands for many begins with the domain's name. A policy that names such an entry is one for each.
 */
export function repeat(value: unknown): Repeated {
  if (!isMapping(value) || !isMapping(value.domains)) return { value, findings: [], origin: same };
  const findings: Finding[] = [];
  const total = amount(value.domains);
  if (total > MOST_ALTOGETHER) {
    // Nothing is written out: only that it is too much is worth telling.
    findings.push(tooMany(total));
    return { value: { ...value, domains: {}, network_policies: [] }, findings, origin: same };
  }
  const sources = new Map<string, Path>();
  const meanings = new Map<string, string[]>();
  const domains: Record<string, unknown> = {};
  for (const [key, body] of Object.entries(value.domains)) {
    const copies = copiesOf(key, body, ['domains', key], findings);
    meanings.set(
      key,
      copies.map(({ name }) => name),
    );
    for (const copy of copies) {
      sources.set(`domains/${copy.name}`, ['domains', key]);
      const machines = machinesIn(copy, key, copies.length > 1, { findings, sources, meanings });
      const whole = machines && isMapping(copy.body) ? { ...copy.body, machines } : copy.body;
      add(domains, copy.name, whole, ['domains', key], findings);
    }
  }
  const policies = listOf(value.network_policies).flatMap((policy, at) => {
    const all = policiesFor(policy, meanings);
    if (all.length > MOST_PAIRS) findings.push(tooManyPairs(all.length, at));
    return all.slice(0, MOST_PAIRS).map((one) => ({ one, at }));
  });
  const written = Array.isArray(value.network_policies) && {
    network_policies: policies.map(({ one }) => one),
  };
  return {
    value: { ...value, domains, ...written },
    findings,
    origin: (path) =>
      originOf(
        path,
        sources,
        policies.map(({ at }) => at),
      ),
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** How many machines the entries come to; wrong numbers count as none. */
function amount(domains: Mapping): number {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return sum(
    Object.entries(domains).map(([name, body]) => {
      const inside = isMapping(body) && isMapping(body.machines) ? body.machines : {};
      return times(name, body) * sum(Object.entries(inside).map(([key, one]) => times(key, one)));
    }),
  );
}

/** How many one entry stands for. */
function times(key: string, body: unknown): number {
  const range = RANGE.exec(key);
  if (range) return Math.max(0, Number(range[3]) - Number(range[2]) + 1);
  const count = isMapping(body) ? body.count : undefined;
  return typeof count === 'number' && count > 0 && count <= MOST ? count : 1;
}

const RANGE = /^([a-z0-9-]*)\[(\d{1,4})[-:](\d{1,4})\]([a-z0-9-]*)$/;

const same = (path: Path): Path => path;

interface Notes {
  readonly findings: Finding[];
  readonly sources: Map<string, Path>;
  /** The names that a key stands for. */
  readonly meanings: Map<string, string[]>;
}

function machinesIn(
  { name, body }: Copy,
  key: string,
  isOneOfMany: boolean,
  { findings, sources, meanings }: Notes,
): Mapping | undefined {
  if (!isMapping(body) || !isMapping(body.machines)) return undefined;
  const machines: Record<string, unknown> = {};
  for (const [machine, inside] of Object.entries(body.machines)) {
    const path = ['domains', key, 'machines', machine];
    for (const copy of copiesOf(machine, inside, path, findings, isOneOfMany ? `${name}-` : '')) {
      sources.set(`domains/${name}/machines/${copy.name}`, path);
      meanings.set(machine, [...(meanings.get(machine) ?? []), copy.name]);
      add(machines, copy.name, copy.body, path, findings);
    }
  }
  return machines;
}

interface Copy {
  readonly name: string;
  readonly body: unknown;
}

/** One entry, or the many that it stands for. */
function copiesOf(key: string, body: unknown, path: Path, findings: Finding[], lead = ''): Copy[] {
  const range = RANGE.exec(key);
  const count = isMapping(body) ? body.count : undefined;
  if (range && count !== undefined) findings.push(twoWays(path));
  if (range) return ofRange(range, body, path, findings, lead);
  if (key.includes('[')) findings.push(badPattern(key, path));
  if (count === undefined) return [{ name: `${lead}${key}`, body }];
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > MOST) {
    findings.push(badCount(count, [...path, 'count']));
    return [];
  }
  const { count: _, ...rest } = body as Mapping;
  return numbered(1, count, String(count).length, (number) => `${lead}${key}-${number}`, rest);
}

function ofRange(
  [key, before = '', first = '', last = '', after = '']: RegExpExecArray,
  body: unknown,
  path: Path,
  findings: Finding[],
  lead: string,
): Copy[] {
  const [from, to] = [Number(first), Number(last)];
  if (to < from || to - from >= MOST) {
    findings.push(badPattern(key, path));
    return [];
  }
  const { count: _, ...rest } = isMapping(body) ? body : {};
  const name = (number: string) => `${lead}${before}${number}${after}`;
  return numbered(from, to, first.length, name, isMapping(body) ? rest : body);
}

function numbered(
  first: number,
  last: number,
  width: number,
  nameOf: (number: string) => string,
  body: unknown,
): Copy[] {
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const number = String(first + at).padStart(width, '0');
    const name = nameOf(number);
    return { name, body: counted(filled(body, { n: number, name }), at) };
  });
}

/** `{n}` and `{name}` in every text and key. */
function filled(value: unknown, words: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return fill(value, words);
  if (value instanceof Spelled) return value;
  if (Array.isArray(value)) return value.map((one) => filled(one, words));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [fill(key, words), filled(one, words)]),
  );
}

function fill(text: string, words: Readonly<Record<string, string>>): string {
  return text.replace(/\{(n|name)\}/g, (_, word: string) => words[word] ?? '');
}

/** A number or an address that is given once is that of the first. */
function counted(body: unknown, at: number): unknown {
  if (!isMapping(body)) return body;
  const { ip, subnet_id: subnet } = body;
  const address = typeof ip === 'string' ? /^(\d+\.\d+\.\d+\.)(\d+)$/.exec(ip) : null;
  return {
    ...body,
    ...(address && { ip: `${address[1]}${Number(address[2]) + at}` }),
    ...(typeof subnet === 'number' && { subnet_id: subnet + at }),
  };
}

function policiesFor(policy: unknown, meanings: ReadonlyMap<string, readonly string[]>): unknown[] {
  if (!isMapping(policy)) return [policy];
  const ends = (end: unknown) => (typeof end === 'string' ? (meanings.get(end) ?? [end]) : [end]);
  const [from, to] = [ends(policy.from), ends(policy.to)];
  if (from.length === 1 && to.length === 1) return [{ ...policy, from: from[0], to: to[0] }];
  return from.flatMap((one) => to.map((other) => ({ ...policy, from: one, to: other })));
}

function originOf(
  path: Path,
  sources: ReadonlyMap<string, Path>,
  policies: readonly number[],
): Path {
  const [section, index = '', ...rest] = path;
  const at = section === 'network_policies' ? policies[Number(index)] : undefined;
  if (section !== undefined && at !== undefined) return [section, String(at), ...rest];
  for (const depth of [4, 2]) {
    const source = path.length >= depth && sources.get(path.slice(0, depth).join('/'));
    if (source) return [...source, ...path.slice(depth)];
  }
  return path;
}

function add(
  into: Record<string, unknown>,
  name: string,
  body: unknown,
  path: Path,
  findings: Finding[],
): void {
  if (Object.hasOwn(into, name)) findings.push(metTwice(name, path));
  else into[name] = body;
}

const remedy = {
  en: "Write 'count: 30', or a range in the name: 'student-[01-30]'.",
  fr: 'Écrivez « count: 30 », ou un intervalle dans le nom : « student-[01-30] ».',
};

function tooMany(total: number): Finding {
  return error(
    'too-many-entries',
    ['domains'],
    {
      en: `Written out, these are ${total} machines: more than ${MOST_ALTOGETHER}.`,
      fr: `Une fois développées, ce sont ${total} machines : plus de ${MOST_ALTOGETHER}.`,
    },
    {
      remedy: {
        en: 'Lower a count.',
        fr: 'Réduisez un nombre.',
      },
    },
  );
}

function tooManyPairs(number: number, at: number): Finding {
  return error(
    'too-many-entries',
    ['network_policies', String(at)],
    {
      en: `Written out, these are ${number} policies: more than ${MOST_PAIRS}.`,
      fr: `Une fois développées, ce sont ${number} politiques : plus de ${MOST_PAIRS}.`,
    },
    { remedy: { en: 'Name whole domains.', fr: 'Nommez des domaines entiers.' } },
  );
}

function badCount(count: unknown, path: Path): Finding {
  const shown = typeof count === 'number' ? String(count) : JSON.stringify(count);
  return error(
    'invalid-count',
    path,
    {
      en: `${shown} is not a number of entries from 1 to ${MOST}.`,
      fr: `${shown} n'est pas un nombre d'entrées de 1 à ${MOST}.`,
    },
    { remedy },
  );
}

function badPattern(key: string, path: Path): Finding {
  return error(
    'invalid-pattern',
    path,
    {
      en: `'${key}' is not a name with one range of at most ${MOST} numbers.`,
      fr: `« ${key} » n'est pas un nom comportant un seul intervalle d'au plus ${MOST} nombres.`,
    },
    { remedy },
  );
}

function twoWays(path: Path): Finding {
  return error(
    'count-and-pattern',
    [...path, 'count'],
    {
      en: 'A range in the name and a count say the same thing twice.',
      fr: 'Un intervalle dans le nom et un nombre disent deux fois la même chose.',
    },
    { remedy: { en: 'Leave one of the two out.', fr: "Omettez l'un des deux." } },
  );
}

function metTwice(name: string, path: Path): Finding {
  return error(
    'duplicate-entry',
    path,
    {
      en: `'${name}' is what two entries come to.`,
      fr: `« ${name} » est ce que donnent deux entrées.`,
    },
    { remedy: { en: 'Rename one of them.', fr: "Renommez l'une des deux." } },
  );
}
