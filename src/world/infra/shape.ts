import * as v from 'valibot';
import type { Text } from '../../base/messages/index.ts';
import { asWritten, keyOf, misreading, type Written } from './as-written.ts';
import { EXPECTED, type Expectation } from './expected.ts';
import { error, type Finding, type Path } from './finding.ts';
import { isMapping } from './mapping.ts';
import { infraSchema, type RawInfra } from './schema.ts';

/**
 * Checks the shape and reports every deviation. The result holds what is well formed:
 * a wrong part is taken out, so that the rules behind can still look at the rest.
 */
export function checkShape(value: unknown): {
  readonly raw: RawInfra;
  readonly findings: readonly Finding[];
  /** The parts that were taken out. */
  readonly cut: readonly Path[];
} {
  const written = asWritten(infraSchema, value);
  const findings: Finding[] = [...written.findings];
  const cut: Path[] = [...written.cut];
  let rest: unknown = written.value;
  // Taking a part out can only shorten the document, so this ends; the bound guards against our own mistakes.
  for (let round = 0; round < 20; round++) {
    const result = v.safeParse(infraSchema, rest);
    if (result.success) return { raw: result.output, findings, cut };
    const paths = result.issues.map((issue) => pathOf(issue));
    if (round === 0)
      for (const [i, issue] of result.issues.entries())
        findings.push(toFinding(issue, paths[i] ?? [], written.misread));
    if (!isMapping(rest)) rest = {};
    if (round === 0) rest = structuredClone(rest);
    for (const path of paths) cut.push(remove(rest, path));
  }
  return { raw: {}, findings, cut: [[]] };
}

type Issue = v.BaseIssue<unknown>;

/** Several alternatives that all failed: the one that got furthest knows best what is wrong. */
function deepest(issue: Issue): Issue {
  const inner = (issue.issues ?? []).filter((one) => (one.path?.length ?? 0) > 0);
  const first = inner[0];
  return first ? deepest(first) : issue;
}

function pathOf(issue: Issue): Path {
  const own = keys(issue);
  const inner = deepest(issue);
  return inner === issue ? own : [...own, ...innerKeys(issue)];
}

function innerKeys(issue: Issue): string[] {
  const inner = (issue.issues ?? []).find((one) => (one.path?.length ?? 0) > 0);
  return inner ? [...keys(inner), ...innerKeys(inner)] : [];
}

function keys(issue: Issue): string[] {
  return (issue.path ?? []).map((item) => String(item.key));
}

function toFinding(issue: Issue, path: Path, misread: Written['misread']): Finding {
  const inner = deepest(issue);
  const wanted = expectation(inner) ?? expectation(issue) ?? EXPECTED.mapping;
  const { code, text } = wanted;
  const name = path.filter((step) => !/^\d+$/.test(step)).at(-1) ?? 'infra.yml';
  const spelling = misread.get(keyOf(path));
  const value = spelling ? literal(spelling.text) : show(inner.input);
  const message: Text =
    path.length === 0
      ? { en: `infra.yml must be ${text.en}.`, fr: `infra.yml doit être ${text.fr}.` }
      : {
          en: `'${name}' must be ${text.en}, not ${value.en}.`,
          fr: `« ${name} » doit être ${text.fr}, et non ${value.fr}.`,
        };
  const hint = spelling && misreading(spelling);
  return error(code, path, message, {
    remedy: {
      en: [`Write ${text.en}.`, ...(hint ? [hint.en] : [])].join(' '),
      fr: [`Écrivez ${text.fr}.`, ...(hint ? [hint.fr] : [])].join(' '),
    },
  });
}

function expectation(issue: Issue) {
  return Object.hasOwn(EXPECTED, issue.message)
    ? EXPECTED[issue.message as Expectation]
    : undefined;
}

/** A value in a few characters: JSON, or a word where JSON has none that a person would know. */
function show(value: unknown): Text {
  if (value === null || value === undefined) return { en: 'empty', fr: 'vide' };
  if (Array.isArray(value)) return literal('[...]');
  if (isMapping(value)) return literal('{...}');
  const words = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return literal(words.length > 60 ? `${words.slice(0, 57)}...` : words);
}

function literal(words: string): Text {
  return { en: words, fr: words };
}

/** Takes out what stands at `path` and tells what went: a wrong list entry takes its list with it, so that positions stay. */
function remove(root: unknown, path: Path): Path {
  let holder: unknown = root;
  let cut: { readonly from: Record<string, unknown>; readonly depth: number } | undefined;
  for (const [depth, step] of path.entries()) {
    if (isMapping(holder)) cut = { from: holder, depth };
    holder = isMapping(holder) || Array.isArray(holder) ? Reflect.get(holder, step) : undefined;
  }
  if (!cut) return [];
  delete cut.from[path[cut.depth] ?? ''];
  return path.slice(0, cut.depth + 1);
}
