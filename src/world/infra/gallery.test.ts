import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DescribeRoles, loadInfra } from './index.ts';
import type { ResolveContext } from './types.ts';

const GALLERY = 'tests/gallery';
const HERE = 'src/world/infra';

const CONTEXT: ResolveContext = {
  nesting: { absoluteLevel: 1, relativeLevel: 0, vmNested: false, yolo: false },
  host: { cpus: 8, memoryBytes: 16 * 2 ** 30 },
};

/** As if two roles were there. */
const describeRoles: DescribeRoles = async (roles) => {
  const variables = { base_system_timezone: {}, base_system_apt_timeout: { type: 'int' } };
  return new Map([
    ...[...roles].map(([role]) => [role, undefined] as const),
    ['base_system', { variables, defaults: [] }],
    ['firewall_router', { defaults: [] }],
  ]);
};

/** Told of paths, folders or worlds too large for one small file; each has a test of its own elsewhere. */
const WITHOUT_FILE = new Set([
  'file-too-large',
  'host-resources-unknown',
  'misplaced-key',
  'missing-base-file',
  'no-address-left',
  'no-infra',
  'no-subnet-left',
  'not-a-file',
  'two-worlds',
  'unreadable-file',
  'unreadable-yaml',
]);

const files = readdirSync(GALLERY).filter((name) => name.endsWith('.yml'));

describe('the gallery of wrong inputs', () => {
  it.each(files)('%s yields its code, with a place, both languages and a remedy', async (name) => {
    const { problems } = await loadInfra(join(GALLERY, name), CONTEXT, describeRoles);
    const code = name.replace(/\.yml$/, '');
    const problem = problems.find((one) => one.code === code);
    expect(problem, JSON.stringify(problems, null, 1)).toBeDefined();
    expect(problem?.place?.file).toBe(join(GALLERY, name));
    expect(problem?.place?.line).toBeGreaterThan(0);
    expect(problem?.message.en).not.toBe('');
    expect(problem?.message.fr).not.toBe('');
    expect(problem?.remedy, 'a remedy').toBeDefined();
    expect(problems.map((one) => one.code)).toEqual(problems.map(() => code));
  });

  it('has a file for every code that the sources can report', () => {
    const sources = readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !/\.test(-kit)?\.ts$/.test(name),
    );
    const reported = new Set<string>();
    const code =
      /(?:error|warning|report|refuse|expected|fileProblem|twice)\(\s*'([a-z0-9]+(?:-[a-z0-9]+)+)'|code: '([a-z0-9]+(?:-[a-z0-9]+)+)'|return \[\s*'([a-z0-9]+(?:-[a-z0-9]+)+)'|return '(duplicate-[a-z]+)'/g;
    for (const name of sources)
      for (const [, ...found] of readFileSync(join(HERE, name), 'utf8').matchAll(code))
        reported.add(found.find((one) => one !== undefined) ?? '');
    const shown = new Set(files.map((name) => name.replace(/\.yml$/, '')));
    const missing = [...reported].filter((one) => !shown.has(one) && !WITHOUT_FILE.has(one));
    expect(missing).toEqual([]);
    expect(reported.size).toBeGreaterThan(60);
  });
});
