import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { errorsOf, warningsOf } from '../src/base/messages/index.ts';
import { loadTexts, type ResolveContext } from '../src/world/infra/index.ts';
import {
  commandLines,
  completed,
  decisionFaults,
  languageFaults,
  linkFaults,
  makeTargets,
  pages,
  ROOT,
  schemaKeys,
  snippets,
} from './doc-checks.ts';
import { helpTexts } from './gallery-commands.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGES = pages();
const CONTEXT: ResolveContext = {
  nesting: { absoluteLevel: 0, relativeLevel: 0, vmNested: false, yolo: false },
  host: { cpus: 8, memoryBytes: 16 * 1024 ** 3 },
  strict: true,
};

describe('pages', () => {
  it('are found: a check of nothing proves nothing', () => {
    expect(PAGES).toEqual(expect.arrayContaining(['README.md', 'docs/infra-yml_FR.md']));
    expect(PAGES.length).toBeGreaterThan(30);
  });

  it('P00-02: a French page names its English original, and each page has its French one', () => {
    expect(languageFaults(PAGES, read)).toEqual([]);
  });

  it('P00-02: a page without the notice, an original or a translation is noticed', () => {
    const texts: Record<string, string> = {
      'a.md': '# A',
      'b.md': '# B',
      'b_FR.md': '# B\n\nBonjour.',
      'c_FR.md': '> Version française de [c.md](c.md). La version anglaise fait foi.',
    };
    const faults = languageFaults(Object.keys(texts), (path) => texts[path] ?? '');
    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['a.md', 'b_FR.md', 'c_FR.md']);
  });

  it('link to files and headings that exist', () => {
    expect(PAGES.flatMap((page) => linkFaults(page, read(page)))).toEqual([]);
  });

  it('a dead link is noticed', () => {
    const text =
      '[a](docs/nothing.md) [b](README.md#nothing) [c](LICENSE) [d](https://example.org/)';
    expect(linkFaults('README.md', text)).toHaveLength(2);
  });

  const DECISIONS = ['ADR-004', 'ADR-017', 'ADR-018', 'ADR-019', 'D-034'];

  it('P02b-04: ARCHITECTURE.md has each decision with context, decision, consequence and rows', () => {
    expect(decisionFaults(DECISIONS, read('docs/ARCHITECTURE.md'))).toEqual([]);
    const french = ['Contexte', 'Décision', 'Conséquence', 'Lignes'];
    expect(decisionFaults(DECISIONS, read('docs/ARCHITECTURE_FR.md'), french)).toEqual([]);
  });

  it('P02b-04: a decision without one of them, or none, is noticed', () => {
    const whole = '## ADR-018: x\n\n**Context.** a\n\n**Decision.** b\n\n**Rows.** P10-01\n';
    expect(decisionFaults(['ADR-018', 'ADR-01', 'ADR-019'], whole)).toEqual([
      'ADR-018: no Consequence',
      'ADR-01: no heading',
      'ADR-019: no heading',
    ]);
  });

  it('name only make targets that exist', () => {
    const targets = new Set(
      [...read('Makefile').matchAll(/^\.PHONY: (\S+)$/gm)].map((match) => match[1]),
    );
    const named = PAGES.flatMap((page) => makeTargets(read(page)));
    expect(named.filter((target) => !targets.has(target))).toEqual([]);
  });
});

const all = PAGES.flatMap((page) => snippets(page, read(page)));
const whole = all.filter(({ label }) => label === 'yaml infra');
// A snippet that is wrong on purpose says so.
const yaml = all.filter(({ label }) => /^yaml\b/.test(label) && label !== 'yaml wrong');

describe('snippets', () => {
  it.each(whole.map((snippet) => [`${snippet.page}:${snippet.line}`, snippet] as const))(
    'P09-10 P10-10: %s loads, without an unknown key',
    (place, { text }) => {
      const { infra, problems } = loadTexts(
        [{ file: place, part: 'whole', text: completed(text) }],
        CONTEXT,
      );
      expect(errorsOf(problems).map((problem) => problem.message.en)).toEqual([]);
      expect(infra).toBeDefined();
    },
  );

  it('P10-06 P10-07: the GPU profile patterns are documented and resolve to GPU machines', () => {
    const gpu = (name: string) =>
      whole
        .filter(({ page, text }) => page === 'docs/gpu-advanced.md' && text.includes(`${name}:`))
        .flatMap(({ text }) => {
          const loaded = loadTexts([{ file: 'x', part: 'whole', text: completed(text) }], CONTEXT);
          return loaded.infra?.domains.flatMap((domain) => domain.profiles) ?? [];
        })
        .filter((profile) => profile.name === name)
        .flatMap((profile) => Object.values(profile.devices).map((device) => device.type));
    expect(gpu('nvidia-compute')).toEqual(['gpu']);
    expect(gpu('gpu-passthrough')).toEqual(['gpu']);
  });

  it('of YAML that are not whole files still parse', () => {
    const faults = yaml.flatMap(({ page, line, text }) =>
      parseDocument(text).errors.map((error) => `${page}:${line}: ${error.message}`),
    );
    expect(faults).toEqual([]);
  });

  it('are the same in both languages but for their words', () => {
    const shape = (page: string) =>
      snippets(page, read(page))
        // What the program printed has the line breaks of its own language.
        .filter(({ label }) => label !== 'text')
        .map(({ label, text }) => [label, text.split('\n').length]);
    const pairs = PAGES.filter((page) => page.endsWith('_FR.md'));
    const uneven = pairs.filter(
      (french) =>
        JSON.stringify(shape(french)) !== JSON.stringify(shape(french.replace('_FR.md', '.md'))),
    );
    expect(uneven).toEqual([]);
  });
});

describe('examples', () => {
  const EXAMPLES = [
    'default',
    'developer',
    'llm-supervisor',
    'pro-workstation',
    'sandbox-isolation',
    'student-sysadmin',
    'teacher-lab',
  ];
  const load = (name: string) => {
    const file = `examples/${name}/infra.yml`;
    return loadTexts([{ file, part: 'whole', text: read(file) }], CONTEXT);
  };

  it.each(EXAMPLES)('P07-05: %s loads without an error', (name) => {
    const { infra, problems } = load(name);
    expect(errorsOf(problems)).toEqual([]);
    expect(infra?.projectName).toBe(name === 'default' ? 'my-infra' : name);
    const warned = warningsOf(problems).map((problem) => problem.code);
    // The container that watches the untrusted program is there on purpose.
    expect(warned).toEqual(name === 'sandbox-isolation' ? [expect.any(String)] : []);
  });

  it.each(EXAMPLES)('P07-05: %s is the same in French, but for what people read', (name) => {
    const words = /(^|\s)#( .*)?$|(?<=description: ).*$/gm;
    const [english, french] = ['infra.yml', 'infra_FR.yml'].map((file) =>
      read(`examples/${name}/${file}`),
    );
    expect(french?.replace(words, '')).toBe(english?.replace(words, ''));
    const said = (text = '') => text.match(words)?.filter((line) => /[a-z]{4}/i.test(line)) ?? [];
    const same = said(french).filter((line) => said(english).includes(line));
    expect(same.filter((line) => !/config:|limits\.|Administration/.test(line))).toEqual([]);
  });

  it.each(EXAMPLES)(
    'P07-12: the README of %s has the use case, the hardware and the start',
    (name) => {
      const english = read(`examples/${name}/README.md`);
      const french = read(`examples/${name}/README_FR.md`);
      for (const part of ['## Use case', '## Hardware requirements', '## How to start'])
        expect(english).toContain(`\n${part}\n`);
      for (const part of ["## Cas d'usage", '## Matériel nécessaire', '## Pour commencer'])
        expect(french).toContain(`\n${part}\n`);
      const start =
        name === 'default' ? 'anklume init mydir' : `anklume init mydir --example ${name}`;
      for (const text of [english, french])
        expect(text).toContain(`${start}\ncd mydir\nanklume up --sandbox\n`);
    },
  );

  it('P01-02: the shipped file declares the four domains with their addresses', () => {
    const machines = load('default').infra?.domains.flatMap((domain) =>
      domain.machines.map((machine) => [machine.name, machine.ip, domain.bridge]),
    );
    expect(machines).toEqual([
      ['anklume-instance', '10.100.0.10', 'net-anklume'],
      ['homelab-llm', '10.100.3.10', 'net-homelab'],
      ['perso-desktop', '10.100.1.10', 'net-perso'],
      ['pro-dev', '10.100.2.10', 'net-pro'],
    ]);
  });

  it('P07-06: student-sysadmin has two domains, no GPU and no way between them', () => {
    const { infra } = load('student-sysadmin');
    expect(infra?.domains.map((domain) => domain.name)).toEqual(['anklume', 'lab']);
    expect(infra?.policies).toEqual([]);
    expect(read('examples/student-sysadmin/infra.yml')).not.toContain('gpu');
  });

  it('P07-08: pro-workstation has five machines, the GPU on homelab only', () => {
    const { infra } = load('pro-workstation');
    const machines = infra?.domains.flatMap((domain) => domain.machines) ?? [];
    expect(machines).toHaveLength(5);
    const holders = machines.filter((machine) => machine.gpu || machine.profiles.includes('gpu'));
    expect(holders.map((machine) => machine.domain)).toEqual(['homelab']);
  });

  it('P07-09: sandbox-isolation mixes a VM and a container in a domain without internet', () => {
    const domain = load('sandbox-isolation').infra?.domains.find(({ name }) => name === 'sandbox');
    expect(domain?.internet).toBe(false);
    expect(domain?.machines.map((machine) => machine.type).sort()).toEqual(['lxc', 'vm']);
  });

  it('P07-10: llm-supervisor opens the supervisor to both models and nothing else', () => {
    const policies = load('llm-supervisor').infra?.policies ?? [];
    expect(policies.map(({ from, to, ports }) => [from, to, ports])).toEqual([
      ['supervisor-instance', 'llm-a-server', [11434]],
      ['supervisor-instance', 'llm-b-server', [11434]],
    ]);
    expect(policies.some((policy) => policy.bidirectional)).toBe(false);
  });
});

describe('the reference of infra.yml', () => {
  const keys = schemaKeys(JSON.parse(read('schemas/infra.schema.json')));

  it.each(['docs/infra-yml.md', 'docs/infra-yml_FR.md'])(
    '%s names every key of the schema, and no other',
    (page) => {
      const rows = read(page)
        .split('\n')
        .filter((line) => line.startsWith('| `'));
      const spans = rows.flatMap((row) =>
        [...row.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ''),
      );
      const named = new Set(spans.flatMap((span) => span.split('.')));
      expect(keys.size).toBeGreaterThan(40);
      expect([...keys].filter((key) => !named.has(key))).toEqual([]);
      const firstColumn = rows
        .map((row) => row.split('|')[1] ?? '')
        .flatMap((cell) =>
          [...cell.matchAll(/`([a-z_.]+)`/g)].flatMap((match) => (match[1] ?? '').split('.')),
        );
      expect(firstColumn.filter((key) => !keys.has(key))).toEqual([]);
    },
  );
});

describe('command lines', () => {
  const helps = new Map(helpTexts('en', true));
  const nouns = new Set([...helps.keys()].flatMap((route) => prefixes(route.split(' '))));

  it('in fences and code spans are found, comments left out', () => {
    const text = 'Use `anklume plan`.\n\n```sh\n./anklume up --sandbox   # all\nincus list\n```\n';
    expect(commandLines('x.md', text)).toEqual([['up', '--sandbox'], ['plan']]);
  });

  it('that pages tell people to type name commands and options that exist', () => {
    // The change log tells of former words too.
    const faults = PAGES.filter((page) => !/^(src|tests|bench)\/|^CHANGELOG/.test(page)).flatMap(
      (page) =>
        commandLines(page, read(page)).flatMap((words) => {
          const line = `${page}: anklume ${words.join(' ')}`;
          if (/^[A-Z<.[]/.test(words[0] ?? 'A')) return [];
          const usual = words[1]?.startsWith('-') ? USUAL.get(words[0] ?? '') : undefined;
          const typed = usual === undefined ? words : [words[0] ?? '', usual, ...words.slice(1)];
          const known = typed.filter((word) => !word.startsWith('-'));
          const route = prefixes(['anklume', ...known])
            .reverse()
            .find((candidate) => helps.has(candidate));
          const help = route && helps.get(route);
          if (!help) return nouns.has(['anklume', ...known].join(' ')) ? [] : [line];
          const flags = words
            .filter((word) => /^--[a-z]/.test(word))
            .map((word) => word.split('=')[0]);
          return flags.every((flag) => help.includes(`[${flag}]`) || flag === '--help')
            ? []
            : [line];
        }),
    );
    expect(faults).toEqual([]);
  });
});

/** Nouns that mean a verb of theirs where none is typed. */
const USUAL: ReadonlyMap<string, string> = new Map([
  ['disp', 'launch'],
  ['history', 'list'],
]);

/** `anklume`, `anklume sandbox`, `anklume sandbox start`. */
function prefixes(words: readonly string[]): string[] {
  return words.map((_, index) => words.slice(0, index + 1).join(' '));
}
