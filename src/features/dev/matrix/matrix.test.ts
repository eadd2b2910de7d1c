import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productRoot } from '../../../base/system/index.ts';
import { coverageOf } from './coverage.ts';
import { matrixCoverage } from './matrix-coverage.ts';
import { DEPTHS, readMatrix } from './read.ts';
import { marksOfFeature, marksOfTest } from './scan.ts';

const MATRIX = `capabilities:
  AA:
    name: one
    basic: { AA-101: { situation: a, reaction: b } }
    combined: { AA-201: { situation: a, reaction: b } }
    adverse: { AA-301: { situation: a, reaction: b } }
  BB:
    name: two
    basic: { BB-101: { situation: a, reaction: b } }
    combined: {}
    adverse: {}
`;
const comment = (ids: string) => `  // ${'Matrix'}: ${ids}\n`;

describe('the shipped matrix', () => {
  it('P18b-01: has 11 capabilities at 3 depths and at least 120 cells', async () => {
    const text = await readFile(join(productRoot(), 'tests/behavior_matrix.yml'), 'utf8');
    const matrix = readMatrix(text);
    expect(matrix).toHaveLength(11);
    for (const { cells } of matrix)
      expect(new Set(cells.map(({ depth }) => depth))).toEqual(new Set(DEPTHS));
    expect(matrix.flatMap(({ cells }) => cells).length).toBeGreaterThanOrEqual(120);
  });

  it('P18b-02 P18b-05: is covered by four fifths, by at least 54 tests, and nothing names a stranger', async () => {
    const coverage = await matrixCoverage();
    expect(coverage.faults).toEqual([]);
    expect(coverage.percent).toBeGreaterThanOrEqual(80);
    expect(coverage.tests).toBeGreaterThanOrEqual(54);
  });
});

describe('a matrix', () => {
  it('that is none is refused with the reason', () => {
    const wrong: readonly (readonly [text: string, reason: RegExp])[] = [
      [MATRIX.replace('reaction: b', 'raction: b'), /reaction/],
      [MATRIX.replace('AA-201', 'ZZ-201'), /ZZ-201 stands under AA/],
      [MATRIX.replace('AA-201', 'AA-101'), /AA-101 stands twice/],
      [MATRIX.replace('AA-201', 'nonsense'), /matrix/],
      ['capabilities: [', /matrix/],
    ];
    for (const [text, reason] of wrong) expect(() => readMatrix(text)).toThrow(reason);
  });
});

describe('what tests and scenarios show', () => {
  const matrix = readMatrix(MATRIX);
  const covered = (...found: Parameters<typeof coverageOf>[1]) => coverageOf(matrix, found);
  const test = marksOfTest('x.test.ts', `${comment('AA-101, BB-101')}  it('x', () => {});\n`);

  it('P18b-02: is told overall and for each capability, with what is missing', () => {
    expect(covered(test)).toMatchObject({
      cells: 4,
      covered: 2,
      percent: 50,
      tests: 1,
      capabilities: [
        { code: 'AA', percent: 33, missing: [{ id: 'AA-201' }, { id: 'AA-301' }] },
        { code: 'BB', percent: 100, missing: [] },
      ],
      faults: [],
    });
    expect(covered()).toMatchObject({ percent: 0 });
  });

  it('P22-25: scenarios raise it, by their tags or by a comment', () => {
    const tagged = marksOfFeature('x.feature', '  @slow @AA-201\n  Scenario: x\n');
    const commented = marksOfFeature('y.feature', '  # Matrix: AA-301\n  @slow\n  Scenario: x\n');
    expect(covered(test, tagged)).toMatchObject({ percent: 75, tests: 1, scenarios: 1 });
    expect(covered(test, tagged, commented)).toMatchObject({ percent: 100, scenarios: 2 });
  });

  it('P18b-02: an unknown ID is a fault with its place, and so is a comment that counts for nothing', () => {
    const text = `${comment('AA-999')}  it.each([1])('x', () => {});\n`;
    expect(covered(marksOfTest('x.test.ts', text)).faults).toEqual([
      'x.test.ts:1: the matrix has no cell AA-999',
    ]);
    expect(covered(marksOfFeature('x.feature', '@ZZ-001\nFeature: x\n')).faults).toEqual([
      'x.feature:1: the matrix has no cell ZZ-001',
    ]);
    expect(marksOfTest('x.test.ts', `${comment('AA-101')}const a = 1;\n`).faults).toEqual([
      'x.test.ts:1: no test follows',
    ]);
    expect(marksOfTest('x.test.ts', `${comment('AA101')}it('x');\n`).faults).toEqual([
      "x.test.ts:1: 'AA101' is no ID of a cell",
    ]);
  });
});

describe('the files of a repository', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'anklume-matrix-'));
    await mkdir(join(root, 'tests/deep'), { recursive: true });
    await writeFile(join(root, 'tests/behavior_matrix.yml'), MATRIX);
    await writeFile(join(root, 'tests/deep/x.test.ts'), `${comment('AA-101')}  it('x');\n`);
    await mkdir(join(root, 'scenarios'));
    await writeFile(join(root, 'scenarios/x.feature'), '@AA-201\nFeature: x\n');
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('P18b-02 P22-25: are all found; one annotation less, or no scenarios, lowers the figure', async () => {
    expect(await matrixCoverage(root)).toMatchObject({ percent: 50, tests: 1, scenarios: 1 });
    await rm(join(root, 'scenarios'), { recursive: true });
    expect(await matrixCoverage(root)).toMatchObject({ percent: 25, scenarios: 0 });
    await writeFile(join(root, 'tests/deep/x.test.ts'), "it('x');\n");
    expect(await matrixCoverage(root)).toMatchObject({ percent: 0, tests: 0 });
  });
});
