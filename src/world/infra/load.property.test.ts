import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../../base/messages/index.ts';
import { type LoadResult, loadTexts, type SourceText } from './index.ts';
import { CONTEXT, loadText } from './load-text.test-kit.ts';

/** Altogether 10,000 generated inputs. */
const RUNS = {
  valid: 300,
  folder: 200,
  structures: 500,
  mutated: 3000,
  text: 3500,
  punctuation: 2500,
};

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,14}[a-z0-9]$/);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const machine = fc.record(
  {
    description: maybe(fc.string()),
    type: maybe(fc.constantFrom('lxc', 'vm', 'container')),
    ephemeral: maybe(fc.boolean()),
    os_image: maybe(fc.constant('images:debian/13')),
    weight: maybe(fc.integer({ min: 1, max: 9 })),
    boot_priority: maybe(fc.integer({ min: 0, max: 100 })),
    config: maybe(
      fc.dictionary(fc.constantFrom('limits.cpu', 'boot.x'), fc.integer({ min: 1, max: 4 })),
    ),
    snapshots_expiry: maybe(fc.constantFrom('30d', '24h', '60m')),
    roles: maybe(fc.uniqueArray(name, { maxLength: 3 })),
  },
  { requiredKeys: [] },
);
const reserved = new Set([
  'host',
  'default',
  'all',
  'ungrouped',
  'localhost',
  'constructor',
  'prototype',
]);
const names = (maxLength: number) =>
  fc.uniqueArray(
    name.filter((one) => !reserved.has(one)),
    { maxLength },
  );

/** A world that is right: names unique over all domains, ids unique or left open. */
const world = fc
  .tuple(
    names(6),
    names(12),
    fc.uniqueArray(fc.nat(254), { minLength: 6, maxLength: 6 }),
    fc.infiniteStream(fc.tuple(fc.nat(5), machine)),
    fc.infiniteStream(fc.boolean()),
  )
  .map(([domains, machines, ids, bodies, flags]) => {
    const flag = () => flags.next().value;
    const body = domains.map((domain, i) => ({
      domain,
      value: {
        ...(flag() && { subnet_id: ids[i] }),
        ...(flag() && { enabled: flag() }),
        machines: {} as Record<string, unknown>,
      },
    }));
    for (const one of machines) {
      const [where, value] = bodies.next().value;
      const holder = body[where % Math.max(body.length, 1)];
      if (holder) holder.value.machines[one] = value;
    }
    const ends = ['host', ...domains];
    return {
      project_name: 'generated',
      global: { base_subnet: '10.77' },
      domains: Object.fromEntries(body.map(({ domain, value }) => [domain, value])),
      network_policies: ends.slice(1).map((to, i) => ({ from: ends[i], to, ports: [80 + i] })),
    };
  });

/** JSON is YAML, and much faster to write than its block style, which the changed gallery files exercise. */
const yaml = (value: unknown) => JSON.stringify(value);

/** Either a world, or reasons that have a place. */
function expectAnswer({ infra, problems }: LoadResult): void {
  expect(infra === undefined).toBe(errorsOf(problems).length > 0);
  for (const { place, message, code } of problems) {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(place?.file).toBeTruthy();
    expect(place?.line).toBeGreaterThan(0);
    expect(place?.column).toBeGreaterThan(0);
    expect(message.en && message.fr).toBeTruthy();
  }
}

describe('whatever is read', () => {
  it('P18b-04: a world that is right resolves, with distinct addresses and bridges', () => {
    fc.assert(
      fc.property(world, (value) => {
        const { infra, problems } = loadText(yaml(value));
        expect(errorsOf(problems)).toEqual([]);
        const machines = infra?.domains.flatMap((domain) => domain.machines) ?? [];
        const distinct = (all: readonly unknown[] = []) =>
          expect(new Set(all).size).toBe(all.length);
        distinct(machines.map(({ ip }) => ip));
        distinct(infra?.domains.map(({ bridge }) => bridge));
        distinct(infra?.domains.map(({ subnet }) => subnet));
        for (const domain of infra?.domains ?? [])
          for (const { ip } of domain.machines) {
            expect(ip.startsWith(domain.subnet.replace(/0\/24$/, ''))).toBe(true);
            expect(ip).not.toBe(domain.gateway);
          }
      }),
      { numRuns: RUNS.valid, seed: 11 },
    );
  }, 60_000);

  // Matrix: IN-103
  it('P16-11 P18b-04: a folder gives exactly what the single file gives', () => {
    const style = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(world, style, (value, wrapped) => {
        const { domains, network_policies, ...base } = value;
        const files: SourceText[] = [
          { file: 'base.yml', part: 'base', text: yaml(base) },
          ...Object.entries(domains).map(([domain, body]) => ({
            file: `domains/${domain}.yml`,
            part: 'domains' as const,
            text: yaml(wrapped.next().value ? { domains: { [domain]: body } } : { [domain]: body }),
          })),
          { file: 'policies.yml', part: 'policies', text: yaml({ network_policies }) },
        ];
        expect(loadTexts(files, CONTEXT).infra).toEqual(loadText(yaml(value)).infra);
      }),
      { numRuns: RUNS.folder, seed: 12 },
    );
  }, 60_000);

  it('any structure under the known keys is answered', () => {
    const key = fc.constantFrom(
      'project_name',
      'global',
      'domains',
      'network_policies',
      'services',
      'machines',
      'instances',
      'profiles',
      'config',
      'devices',
      'storage_volumes',
      'ip',
      'type',
      'subnet_id',
      'file_portal',
      'allowed_paths',
      'from',
      'to',
      'ports',
      'resource_policy',
      'host_reserve',
      'cpu',
      'memory',
      'base_subnet',
      'nesting_prefix',
      'ai_access_policy',
      'firewall_mode',
      'anklume',
      'ai-tools',
      'default',
      '<<',
      '__proto__',
      'constructor',
      'toString',
    );
    const leaf = fc.oneof(
      fc.constantFrom(
        'exclusive',
        'vm',
        'ai-tools',
        '10.100',
        '10.100.1.10',
        'all',
        '20%',
        'host',
        'default',
      ),
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
        leaf,
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 5, noNullPrototype: true }),
      ),
    }));
    const top = fc.record({
      project_name: fc.constant('p'),
      global: tree,
      domains: fc.dictionary(name, fc.dictionary(key, tree)),
      network_policies: tree,
    });
    fc.assert(
      fc.property(fc.oneof(tree, top), (value) => expectAnswer(loadText(yaml(value)))),
      { numRuns: RUNS.structures, seed: 13 },
    );
  }, 60_000);

  it('a document with characters lost, doubled or replaced is answered', () => {
    const originals = [
      ...readdirSync('tests/gallery')
        .filter((file) => file !== 'not-utf8.yml' && file !== 'too-many-values.yml')
        .map((file) => readFileSync(`tests/gallery/${file}`, 'utf8')),
    ];
    const change = fc.record({
      at: fc.nat(2000),
      drop: fc.nat(12),
      put: fc.oneof(
        fc.constantFrom(
          '',
          '\n',
          '\t',
          ': ',
          '- ',
          '&a ',
          '*a',
          '<<: *a',
          '{',
          '[',
          ']',
          '"',
          "'",
          '|',
          '---\n',
          '!x ',
          '#',
          '\r',
        ),
        fc.string({ maxLength: 4, unit: 'grapheme' }),
      ),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...originals),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (original, changes) => {
          let text = original;
          for (const { at, drop, put } of changes) {
            const start = at % (text.length + 1);
            text = text.slice(0, start) + put + text.slice(start + drop);
          }
          expectAnswer(loadText(text));
        },
      ),
      { numRuns: RUNS.mutated, seed: 14 },
    );
  }, 60_000);

  // Matrix: IN-304
  it('any text is answered', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) =>
        expectAnswer(loadText(text)),
      ),
      { numRuns: RUNS.text, seed: 15 },
    );
  }, 60_000);

  it('any YAML punctuation is answered', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '[',
      ']',
      '{',
      '}',
      ',',
      '&x',
      '*x',
      '!',
      '|',
      '>',
      '"',
      "'",
      '#',
      '?',
      '%',
      '@',
      '<<',
      '\t',
      '0',
      '~',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) =>
        expectAnswer(loadText(pieces.join(''))),
      ),
      { numRuns: RUNS.punctuation, seed: 16 },
    );
  }, 60_000);
});
