import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';

/**
 * The aliases of one document and what they stand for. The library searches the whole document for each alias;
 * here one walk answers for all, so that a file of ten thousand aliases stays cheap.
 */
export class Aliases {
  private readonly targets = new Map<Alias, Node>();

  constructor(document: Document) {
    const anchors = new Map<string, Node>();
    const waiting: unknown[] = [document.contents];
    while (waiting.length > 0) {
      const node = waiting.pop();
      if (isPair(node)) waiting.push(node.value, node.key);
      else if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) this.targets.set(node, target);
      } else {
        const anchored = node as Node | null;
        const name = anchored && 'anchor' in anchored ? anchored.anchor : undefined;
        if (anchored && name) anchors.set(name, anchored);
        if (isCollection(node)) for (const item of [...node.items].reverse()) waiting.push(item);
      }
    }
  }

  /** The node itself, or what the alias stands for: undefined when its anchor is not defined above it. */
  follow(node: Node | null | undefined): Node | undefined {
    return isAlias(node) ? this.targets.get(node) : (node ?? undefined);
  }

  /** The mappings that a `<<` pair brings in, first ones winning; undefined for any other pair. */
  merged(pair: Pair<Node | null, Node | null>): readonly YAMLMap[] | undefined {
    if (!isMergeKey(pair.key)) return undefined;
    const value = this.follow(pair.value);
    if (isMap(value)) return [value];
    if (!isCollection(value)) return [];
    return value.items.map((item) => this.follow(item as Node)).filter(isMap);
  }
}

/** A plain `<<`; in quotes it is a key like any other. */
function isMergeKey(key: Node | null): boolean {
  if (!isScalar(key)) return false;
  return typeof key.value === 'symbol' || (key.value === '<<' && key.type === 'PLAIN');
}
