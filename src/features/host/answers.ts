import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem, Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Choices } from './choices.ts';

/** What a file of answers may say, key by key. */
const KEYS: Readonly<Record<keyof Answers, 'flag' | 'word' | 'words' | 'mode'>> = {
  mode: 'mode',
  adopt: 'flag',
  yolo: 'flag',
  vms: 'flag',
  admin: 'word',
  project: 'word',
  infra: 'word',
  base_subnet: 'word',
  domains: 'words',
  ai: 'flag',
  models: 'words',
  openclaw: 'flag',
  up: 'flag',
};

/** The same names as in the plan, and which network the domains are in. */
export type Answers = Partial<Choices> & { readonly base_subnet?: string };

export interface ReadAnswers {
  readonly answers: Answers;
  readonly problems: readonly Problem[];
}

/** Reads a file of answers. Nothing that it holds makes this throw; each problem has its place. */
export function readAnswers(file: string, text: string): ReadAnswers {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const source = text.split('\n');
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col, source: source[line - 1] ?? '' };
  };
  const problems: Problem[] = document.errors.map(({ message, pos }) =>
    problem('answers-not-yaml', [], at(pos[0]), {
      en: `This is not YAML: ${printable(message.split('\n')[0] ?? '')}`,
      fr: `Ce n'est pas du YAML : ${printable(message.split('\n')[0] ?? '')}`,
    }),
  );
  const { contents } = document;
  if (problems.length > 0 || contents === null) return { answers: {}, problems };
  if (!isMap(contents))
    return {
      answers: {},
      problems: [
        problem('answers-shape', [], at(0), {
          en: 'A file of answers is a list of keys with values.',
          fr: 'Un fichier de réponses est une liste de clés avec des valeurs.',
        }),
      ],
    };
  const answers: Record<string, unknown> = {};
  const places = new Map<string, ReturnType<typeof at>>();
  for (const { key, value } of contents.items) {
    const name = isScalar(key) ? String(key.value) : '?';
    const place = at((isScalar(key) && key.range?.[0]) || 0);
    const kind = Object.hasOwn(KEYS, name) ? KEYS[name as keyof Answers] : undefined;
    const plain: unknown = (value as { toJSON?: () => unknown } | null)?.toJSON?.();
    if (!kind) problems.push(unknownKey(name, place));
    else if (!fits(plain, kind)) problems.push(wrongValue(name, kind, place));
    else answers[name] = plain;
    places.set(name, place);
  }
  const of = (key: string) => places.get(key) ?? at(0);
  return {
    answers: answers as Answers,
    problems: [...problems, ...contradictions(answers as Answers, of)],
  };
}

/** Answers that cannot all be true. Also for what flags and answers say together. */
export function contradictions(
  { infra, domains, ai, openclaw, models, mode, yolo, admin, base_subnet }: Answers,
  place: (key: string) => Problem['place'],
): Problem[] {
  const found: Problem[] = [];
  const both = (key: string, one: string, other: string) =>
    found.push(
      problem('answers-contradict', [key], place(key), {
        en: `${one} and ${other} contradict each other.`,
        fr: `${one} et ${other} se contredisent.`,
      }),
    );
  if (infra !== undefined && domains !== undefined) both('domains', 'infra', 'domains');
  if (infra !== undefined && (ai || openclaw)) both('ai', 'infra', ai ? 'ai' : 'openclaw');
  if (ai === false && (models ?? []).length > 0) both('models', 'ai: false', 'models');
  if (mode === 'prod' && yolo) both('yolo', 'mode: prod', 'yolo: true');
  if (admin !== undefined && !/^[a-z_][a-z0-9_-]{0,31}$/.test(admin))
    found.push(
      problem('answers-value', ['admin'], place('admin'), {
        en: `'${printable(admin)}' is not a name of a user.`,
        fr: `« ${printable(admin)} » n'est pas un nom d'utilisateur.`,
      }),
    );
  if (base_subnet !== undefined && !isBaseSubnet(base_subnet))
    found.push(
      problem('answers-value', ['base_subnet'], place('base_subnet'), {
        en: `'${printable(base_subnet)}' is not the first two numbers of private addresses, such as "10.100".`,
        fr: `« ${printable(base_subnet)} » n'est pas les deux premiers nombres d'adresses privées, comme « 10.100 ».`,
      }),
    );
  const names = domains ?? [];
  if (new Set(names).size < names.length)
    found.push(
      problem('answers-contradict', ['domains'], place('domains'), {
        en: 'A domain is named twice.',
        fr: 'Un domaine est nommé deux fois.',
      }),
    );
  for (const name of names)
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
      found.push(
        problem('answers-value', ['domains'], place('domains'), {
          en: `'${printable(name)}' is not a name of a domain: lower-case letters, digits and hyphens.`,
          fr: `« ${printable(name)} » n'est pas un nom de domaine : minuscules, chiffres et tirets.`,
        }),
      );
  return found;
}

function isBaseSubnet(text: string): boolean {
  const [first, second] = text.split('.').map(Number);
  if (!/^\d{1,3}\.\d{1,3}$/.test(text) || second === undefined || second > 255) return false;
  return first === 10 || (first === 172 && second >= 16 && second < 32) || text === '192.168';
}

function fits(value: unknown, kind: (typeof KEYS)[keyof Answers]): boolean {
  if (kind === 'flag') return typeof value === 'boolean';
  if (kind === 'mode') return value === 'prod' || value === 'dev';
  if (kind === 'word') return typeof value === 'string' && value !== '' && isOneLine(value);
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && isOneLine(one));
}

/** Texts go into files and to programs: none may bring a line of its own. */
function isOneLine(text: string): boolean {
  return printable(text) === text && !text.includes('\n');
}

function unknownKey(name: string, place: Problem['place']): Problem {
  return problem(
    'answers-unknown-key',
    [name],
    place,
    {
      en: `There is no question '${printable(name)}'.`,
      fr: `Il n'y a pas de question « ${printable(name)} ».`,
    },
    {
      en: `The questions are: ${Object.keys(KEYS).join(', ')}.`,
      fr: `Les questions sont : ${Object.keys(KEYS).join(', ')}.`,
    },
  );
}

const WANTED: Readonly<Record<string, Text>> = {
  flag: { en: 'true or false', fr: 'true ou false' },
  mode: { en: 'prod or dev', fr: 'prod ou dev' },
  word: { en: 'one line of text', fr: 'une ligne de texte' },
  words: { en: 'a list of words', fr: 'une liste de mots' },
};

function wrongValue(name: string, kind: string, place: Problem['place']): Problem {
  const wanted = WANTED[kind] ?? { en: '?', fr: '?' };
  return problem('answers-value', [name], place, {
    en: `'${name}' takes ${wanted.en}.`,
    fr: `« ${name} » prend ${wanted.fr}.`,
  });
}

function problem(
  code: string,
  path: readonly string[],
  place: Problem['place'],
  message: Text,
  remedy?: Text,
): Problem {
  return {
    code,
    severity: 'error',
    path,
    ...(place && { place }),
    message,
    ...(remedy && { remedy }),
  };
}
