import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Place, Problem, Text } from '../../base/messages/index.ts';
import type { Aliases } from './aliases.ts';
import { spelled } from './spelled.ts';

/** How many values a document may grow to when its aliases are followed. */
const MOST_VALUES = 200_000;

/** Problems of one file that are worth telling at once. */
const MOST_PROBLEMS = 200;

/** Half of a pair that only stands for something as a whole. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** Key names that JavaScript objects give a meaning of their own. */
const RESERVED = new Set(['__proto__', 'prototype', 'constructor']);

/** The plain JSON value of a document, with duplicate, cyclic and exploding parts told as problems. */
export function plainValue(
  document: Document,
  aliases: Aliases,
  placeAt: (offset: number) => Place,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const reader = new Reader(aliases, placeAt);
  try {
    const value = reader.read(document.contents as Node | null, []);
    return { value, problems: reader.problems };
  } catch (stop) {
    if (!(stop instanceof TooMuch)) throw stop;
    return { value: undefined, problems: reader.problems };
  }
}

/** Thrown inside the walk alone, to leave it at once. */
class TooMuch extends Error {}

class Reader {
  readonly problems: Problem[] = [];
  private readonly aliases: Aliases;
  private readonly placeAt: (offset: number) => Place;
  private readonly open = new Set<Node>();
  private count = 0;

  constructor(aliases: Aliases, placeAt: (offset: number) => Place) {
    this.aliases = aliases;
    this.placeAt = placeAt;
  }

  read(node: Node | null | undefined, path: readonly string[]): unknown {
    if (node === null || node === undefined) return null;
    if (++this.count > MOST_VALUES) this.stop(node, path);
    if (isAlias(node)) return this.followed(node, path);
    if (isScalar(node)) return this.scalar(node, path);
    if (this.open.has(node)) return null;
    this.open.add(node);
    const value = isMap(node)
      ? this.mapping(node, path)
      : isSeq(node)
        ? node.items.map((item, i) => this.read(item as Node, [...path, String(i)]))
        : null;
    this.open.delete(node);
    return value;
  }

  private followed(node: Node, path: readonly string[]): unknown {
    const target = this.aliases.follow(node);
    if (target && !this.open.has(target)) return this.read(target, path);
    const code = target ? 'cyclic-alias' : 'unknown-alias';
    this.report(
      code,
      node,
      path,
      target
        ? { en: 'This alias contains itself.', fr: 'Cet alias se contient lui-même.' }
        : {
            en: 'This alias names an anchor that is not defined above it.',
            fr: "Cet alias désigne une ancre qui n'est pas définie plus haut.",
          },
      target
        ? { en: 'Write the value out here.', fr: 'Écrivez ici la valeur en toutes lettres.' }
        : {
            en: 'Define the anchor (`&name`) first, or put the text in quotes if it is not an alias.',
            fr: "Définissez d'abord l'ancre (« &nom »), ou mettez le texte entre guillemets droits si ce n'est pas un alias.",
          },
    );
    return null;
  }

  private scalar(
    node: Node & { value?: unknown; source?: string },
    path: readonly string[],
  ): unknown {
    const { value } = node;
    if (typeof value === 'number' || typeof value === 'boolean') return spelled(value, node.source);
    if (value instanceof Date) return node.source ?? value.toISOString();
    if (typeof value === 'string' && HALF_CHARACTER.test(value)) this.halfCharacter(node, path);
    if (value === null || typeof value !== 'object') return value;
    this.report(
      'unknown-tag',
      node,
      path,
      {
        en: 'This kind of value is not known here.',
        fr: "Ce genre de valeur n'est pas connu ici.",
      },
      { en: 'Write a plain value.', fr: 'Écrivez une valeur simple.' },
    );
    return null;
  }

  private halfCharacter(node: Node | null, path: readonly string[]): void {
    this.report(
      'half-character',
      node,
      path,
      {
        en: 'This text holds half of a character (\\ud800 to \\udfff), which no file and no program can take.',
        fr: "Ce texte contient la moitié d'un caractère (\\ud800 à \\udfff), qu'aucun fichier ni programme ne peut recevoir.",
      },
      {
        en: 'Write the character itself, or \\U and its eight digits.',
        fr: 'Écrivez le caractère lui-même, ou \\U et ses huit chiffres.',
      },
    );
  }

  private mapping(node: YAMLMap, path: readonly string[]): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const seen = new Map<string, Node | null>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const merged = this.aliases.merged(pair);
      if (merged) {
        this.merge(merged, result, seen, path);
        continue;
      }
      const key = this.key(pair, path);
      if (key === undefined) continue;
      const here = [...path, key];
      const before = seen.get(key);
      if (before !== undefined) this.duplicate(key, pair.key, before, here);
      else {
        seen.set(key, pair.key);
        result[key] = this.read(pair.value, here);
      }
    }
    return result;
  }

  /** `<<`: keys that the mapping does not write itself, wherever in it they stand. */
  private merge(
    sources: readonly YAMLMap[],
    result: Record<string, unknown>,
    written: ReadonlyMap<string, Node | null>,
    path: readonly string[],
  ): void {
    for (const source of sources) {
      const values = this.read(source, path);
      if (typeof values !== 'object' || values === null) continue;
      for (const [key, value] of Object.entries(values))
        if (!written.has(key) && !Object.hasOwn(result, key)) result[key] = value;
    }
  }

  private key(pair: Pair<Node | null, Node | null>, path: readonly string[]): string | undefined {
    const node = this.aliases.follow(pair.key);
    const value = isScalar(node) ? node.value : undefined;
    const key =
      typeof value === 'string'
        ? value
        : typeof value === 'number' || typeof value === 'boolean' || value instanceof Date
          ? (isScalar(node) && node.source) || String(value)
          : undefined;
    if (key !== undefined && HALF_CHARACTER.test(key)) this.halfCharacter(pair.key, path);
    if (key !== undefined && !RESERVED.has(key)) return key;
    this.report(
      'bad-key',
      pair.key,
      path,
      key === undefined
        ? { en: 'A key must be a plain word.', fr: 'Une clé doit être un mot simple.' }
        : { en: `'${key}' cannot be used as a key.`, fr: `« ${key} » ne peut pas servir de clé.` },
      { en: 'Choose another name.', fr: 'Choisissez un autre nom.' },
    );
    return undefined;
  }

  private duplicate(key: string, again: Node | null, before: Node | null, path: readonly string[]) {
    if (this.problems.length >= MOST_PROBLEMS) return;
    const code = duplicateCode(path);
    this.problems.push({
      code,
      severity: 'error',
      path,
      place: this.placeAt(again?.range?.[0] ?? 0),
      related: this.placeAt(before?.range?.[0] ?? 0),
      message: {
        en: `'${key}' is written twice in the same place.`,
        fr: `« ${key} » est écrit deux fois au même endroit.`,
      },
      remedy: {
        en: 'Rename one of the two, or put them together.',
        fr: "Renommez l'un des deux, ou réunissez-les.",
      },
    });
  }

  private report(
    code: string,
    node: Node | null,
    path: readonly string[],
    message: Text,
    remedy: Text,
  ): void {
    if (this.problems.length >= MOST_PROBLEMS) return;
    const place = this.placeAt(node?.range?.[0] ?? 0);
    this.problems.push({ code, severity: 'error', path, place, message, remedy });
  }

  private stop(node: Node, path: readonly string[]): never {
    this.problems.length = Math.min(this.problems.length, MOST_PROBLEMS - 1);
    this.report(
      'too-many-values',
      node,
      path,
      {
        en: `With its aliases followed, this file holds more than ${MOST_VALUES} values.`,
        fr: `Une fois ses alias suivis, ce fichier contient plus de ${MOST_VALUES} valeurs.`,
      },
      { en: 'Use fewer aliases.', fr: "Utilisez moins d'alias." },
    );
    throw new TooMuch();
  }
}

/** Duplicates of the things people count have codes of their own. */
function duplicateCode(path: readonly string[]): string {
  if (path[0] === 'domains' && path.length === 2) return 'duplicate-domain';
  if (
    path[0] === 'domains' &&
    path.length === 4 &&
    (path[2] === 'machines' || path[2] === 'instances')
  )
    return 'duplicate-machine';
  return 'duplicate-key';
}
