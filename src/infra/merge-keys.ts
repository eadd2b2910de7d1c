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

/** The mappings that a `<<` pair brings in, first ones winning; undefined for any other pair. */
export function reachedBy(
  pair: Pair<Node | null, Node | null>,
  document: Document,
): readonly YAMLMap[] | undefined {
  if (!isScalar(pair.key) || !isMergeKey(pair.key.value, pair.key.source)) return undefined;
  const value = followAlias(pair.value, document);
  if (isMap(value)) return [value];
  if (!isSeq(value)) return [];
  return value.items.map((item) => followAlias(item as Node, document)).filter(isMap);
}

/** The node itself, or what the alias stands for. */
export function followAlias(node: Node | null, document: Document): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return node ?? undefined;
}

function isMergeKey(value: unknown, source: string | undefined): boolean {
  return typeof value === 'symbol' || (value === '<<' && source === '<<');
}
