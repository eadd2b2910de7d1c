import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Aliases } from './aliases.ts';
import type { Path } from './finding.ts';

/** Old and new spelling of the same key. */
const ALIASES: Readonly<Record<string, string>> = { machines: 'instances' };

const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair<Node | null, Node | null>>>();

/**
 * The offset of what a path points at: a plain value itself, the key of anything larger,
 * and the nearest thing above when the path leads nowhere (a missing key).
 */
export function nodeAt(document: Document, aliases: Aliases, path: Path): number {
  let node = aliases.follow(document.contents as Node | null);
  let offset = start(node);
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = pairOf(node, step, aliases);
      if (!pair) return offset;
      const value = pair.value;
      offset = last && isScalar(value) && value.source !== '' ? start(value) : start(pair.key);
      node = aliases.follow(value);
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (!item) return offset;
      offset = start(item);
      node = aliases.follow(item);
    } else return offset;
  }
  return offset;
}

function pairOf(map: YAMLMap, key: string, aliases: Aliases) {
  let index = indexes.get(map);
  if (!index) {
    index = indexOf(map, aliases, new Set());
    indexes.set(map, index);
  }
  return index.get(key) ?? index.get(ALIASES[key] ?? key);
}

function indexOf(map: YAMLMap, aliases: Aliases, open: Set<YAMLMap>) {
  const index = new Map<string, Pair<Node | null, Node | null>>();
  if (open.has(map)) return index;
  open.add(map);
  const brought: YAMLMap[] = [];
  for (const pair of map.items as Pair<Node | null, Node | null>[]) {
    const merged = aliases.merged(pair);
    if (merged) brought.push(...merged);
    else {
      const name = keyText(aliases.follow(pair.key));
      if (name !== undefined && !index.has(name)) index.set(name, pair);
    }
  }
  for (const source of brought)
    for (const [name, pair] of indexOf(source, aliases, open))
      if (!index.has(name)) index.set(name, pair);
  return index;
}

function keyText(node: Node | undefined): string | undefined {
  if (!isScalar(node)) return undefined;
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function start(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0;
}
