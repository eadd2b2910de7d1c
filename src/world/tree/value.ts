import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type YAMLMap,
} from 'yaml';
import type { Place } from '../../base/messages/index.ts';

/** A parsed YAML text and where it comes from. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** A source line longer than this is not shown under a message. */
const LONGEST_SHOWN = 300;

/** Line and column of an offset, with the line itself. */
export function placeAt({ file, text, lines }: Omit<Source, 'document'>, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  const source = text.split('\n', line)[line - 1]?.replace(/\r$/, '') ?? '';
  return {
    file,
    line: Math.max(1, line),
    column: Math.max(1, col),
    ...(source !== '' && source.length <= LONGEST_SHOWN && { source }),
  };
}

/** One value of a file of the tree, with its place. */
export interface Value {
  readonly place: Place;
  /** Whether nothing is written here: `key:`, `key: ~`, `key: null`. */
  readonly isNull: boolean;
  /** A plain value, and the text it was written as; undefined for a list or a mapping. */
  scalar(): { readonly value: unknown; readonly text: string } | undefined;
  /** The elements of a list; undefined for anything else. */
  items(): Value[] | undefined;
  /** The pairs of a mapping as Ansible sees them: the last of equal keys, and below them what `<<` brings in. */
  entries(): Map<string, Value> | undefined;
}

/**
 * A value that was parsed. Looked into step by step and never copied as a whole,
 * so that aliases that repeat or contain themselves cost nothing.
 */
export class YamlValue implements Value {
  private readonly node: Node | undefined;
  private readonly source: Source;
  private readonly offset: number;
  /** An alias whose anchor is nowhere above: something is written here, but nothing that can be read. */
  private readonly dangling: boolean;

  constructor(source: Source, untrustedNode: unknown, offset = 0) {
    this.source = source;
    const node = isNode(untrustedNode) ? untrustedNode : undefined;
    this.offset = node?.range?.[0] ?? offset;
    this.node = isAlias(node) ? node.resolve(source.document) : node;
    this.dangling = node !== undefined && this.node === undefined;
  }

  get place(): Place {
    return placeAt(this.source, this.offset);
  }

  get isNull(): boolean {
    if (this.dangling) return false;
    return this.node === undefined || (isScalar(this.node) && this.node.value === null);
  }

  scalar(): { readonly value: unknown; readonly text: string } | undefined {
    if (!isScalar(this.node)) return undefined;
    const { value, source } = this.node;
    return { value, text: typeof value === 'string' ? value : (source ?? String(value)) };
  }

  items(): YamlValue[] | undefined {
    if (!isSeq(this.node)) return undefined;
    return this.node.items.map((item) => new YamlValue(this.source, item, this.offset));
  }

  entries(): Map<string, YamlValue> | undefined {
    if (!isMap(this.node)) return undefined;
    const entries = new Map<string, YamlValue>();
    this.collect(this.node, entries, new Set());
    return entries;
  }

  private collect(map: YAMLMap, entries: Map<string, YamlValue>, seen: Set<YAMLMap>): void {
    if (seen.has(map)) return;
    seen.add(map);
    const merged: YamlValue[] = [];
    const own = new Map<string, YamlValue>();
    for (const { key, value } of map.items) {
      const offset = isNode(key) ? key.range?.[0] : undefined;
      const entry = new YamlValue(this.source, value, offset ?? this.offset);
      if (isMergeKey(key)) merged.push(...(entry.items() ?? [entry]));
      else own.set(new YamlValue(this.source, key).scalar()?.text ?? '', entry);
    }
    for (const [key, value] of own) if (!entries.has(key)) entries.set(key, value);
    for (const { node } of merged) if (isMap(node)) this.collect(node, entries, seen);
  }
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && (typeof key.value === 'symbol' || key.source === '<<');
}
