/** A bug that is put into the source for one run, and the property that has to find it. */
export interface SeededBug {
  /** File of the tests, and the title of the property in it. */
  readonly tests: string;
  readonly title: string;
  /** File of the bug, a text that stands in it once, and what it is replaced by. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** One for each property of the generator; a property that none of these fails proves nothing. */
export const BUGS: readonly SeededBug[] = [
  {
    tests: 'src/world/infra/load.property.test.ts',
    title: 'a world that is right resolves, with distinct addresses and bridges',
    file: 'src/world/infra/addressing.ts',
    from: 'assign(names, taken, [HIGH_SUBNETS, LOW_SUBNETS])',
    to: 'assign(names, new Set(), [HIGH_SUBNETS, LOW_SUBNETS])',
  },
  {
    tests: 'src/world/infra/load.property.test.ts',
    title: 'a folder gives exactly what the single file gives',
    file: 'src/world/infra/merge.ts',
    from: 'this.addDomains(domains, { document, skip: 0 });\n    for',
    to: 'for',
  },
  {
    tests: 'src/world/infra/addressing.test.ts',
    title: 'are free, distinct and the same in any order',
    file: 'src/world/infra/addressing.ts',
    from: 'if (a.rank !== b.rank) return a.rank < b.rank;',
    to: 'return true;',
  },
  {
    tests: 'src/world/infra/bridge-name.test.ts',
    title: 'are valid and distinct, whatever the domains',
    file: 'src/world/infra/bridge-name.ts',
    from: 'const LONGEST_BRIDGE = 15;',
    to: 'const LONGEST_BRIDGE = 16;',
  },
  {
    tests: 'src/world/tree/render.test.ts',
    title: 'no address is given twice',
    file: 'src/world/infra/resolve.ts',
    from: 'const host = hosts.get(machine) ?? 0;',
    to: 'const host = 7;',
  },
  {
    tests: 'src/world/tree/yaml-text.test.ts',
    title: 'any data survives a YAML 1.2 reader',
    file: 'src/world/tree/yaml-text.ts',
    from: String.raw`.replace(/["\\]/g, '\\$&')`,
    to: String.raw`.replace(/["]/g, '\\$&')`,
  },
  {
    tests: 'src/world/tree/yaml-text.test.ts',
    title: 'writes no line that could pass for a marker or a second document',
    file: 'src/world/tree/yaml-text.ts',
    from: 'return plain && !NOT_STRINGS.test(text) ? text : quoted(text);',
    to: 'return plain || text.length === 1 ? text : quoted(text);',
  },
  {
    tests: 'src/world/tree/managed-section.test.ts',
    title: 'bytes before and after the section survive whatever they are',
    file: 'src/world/tree/managed-section.ts',
    from: 'after: text.slice(end.index + end[0].length)',
    to: 'after: text.slice(end.index + end[0].length).trimStart()',
  },
  {
    tests: 'src/world/tree/managed-section.test.ts',
    title: 'a file without markers keeps every byte, and a second time changes nothing',
    file: 'src/world/tree/managed-section.ts',
    from: 'cut.after.slice(head.length)',
    to: 'cut.after.slice(head.length).trimEnd()',
  },
  {
    tests: 'src/world/tree/sync.test.ts',
    title: 'a second sync changes no byte and no mtime',
    file: 'src/world/tree/sync.ts',
    from: 'if (bytes?.equals(wanted))',
    to: 'if (bytes?.length === 0)',
  },
  {
    tests: 'src/world/tree/sync.test.ts',
    title: "the user's bytes outside the section survive a changed infra.yml, whatever they are",
    file: 'src/world/tree/managed-section.ts',
    from: "Buffer.from(latin1Text, 'latin1')",
    to: "Buffer.from(latin1Text, 'utf8')",
  },
  {
    tests: 'src/world/tree/read.test.ts',
    title: 'reads back exactly what was rendered',
    file: 'src/world/tree/read-machine.ts',
    from: "variables.read('instance_ephemeral', flag, false)",
    to: 'false',
  },
];
