import { expect, type RunnerTestCase, type RunnerTestSuite, TestRunner } from 'vitest';
import { type Counts, state } from './switch.ts';

const now = performance.now.bind(performance);

/** What each snapshot of each test holds without a mutant. */
const snapshots = new Map<string, string>();
let running = { name: '', snapshots: 0 };

function toMatchRecorded(received: unknown) {
  const key = `${running.name} ${running.snapshots++}`;
  const text = typeof received === 'string' ? received : JSON.stringify(received);
  const held = snapshots.get(key);
  if (held === undefined) snapshots.set(key, text);
  return { pass: held === undefined || held === text, message: () => key };
}
expect.extend({ toMatchSnapshot: toMatchRecorded, toMatchInlineSnapshot: toMatchRecorded });

/** Suites whose tests have what they all stand on. */
const prepared = new Set<RunnerTestSuite>();

/** Takes away what tests stood on. */
export async function clearUp(): Promise<void> {
  for (const suite of prepared)
    for (const hook of TestRunner.getSuiteHooks(suite).afterAll) await hook(suite);
}

/** A test that can be run over and over. */
export class Recorded {
  readonly test: RunnerTestCase;
  /** Of the copy of all tests that it belongs to. */
  readonly copy: string;
  /** The same in every copy. */
  readonly name: string;
  readonly hits: Counts = {};
  /** Of its last run. */
  milliseconds = 0;
  /** Milliseconds without a mutant. */
  usual = 0;
  private readonly suites: readonly RunnerTestSuite[];

  constructor(test: RunnerTestCase) {
    this.test = test;
    const suites: RunnerTestSuite[] = [];
    for (let suite = test.suite; suite !== undefined; suite = suite.suite) suites.unshift(suite);
    this.suites = suites;
    this.copy = suites[0]?.name ?? '';
    this.name = [...suites.slice(1), test].map(({ name }) => name).join(' > ');
    state.mutantCoverage.perTest[test.id] = this.hits;
  }

  /** Whether it passes. */
  async run(): Promise<boolean> {
    running = { name: this.name, snapshots: 0 };
    const hooks = this.suites.map((suite) => [suite, TestRunner.getSuiteHooks(suite)] as const);
    const started = now();
    const undo: unknown[] = [];
    try {
      for (const [suite, { beforeAll }] of hooks) {
        if (prepared.has(suite)) continue;
        prepared.add(suite);
        for (const hook of beforeAll) await hook(suite);
      }
      for (const [suite, { beforeEach }] of hooks)
        for (const hook of beforeEach) undo.push(await hook(this.test.context, suite));
      await TestRunner.getTestFn(this.test)();
      return true;
    } catch {
      return false;
    } finally {
      for (const [suite, { afterEach }] of hooks)
        for (const hook of afterEach) await hook(this.test.context, suite);
      for (const one of undo) if (typeof one === 'function') await one();
      this.milliseconds = now() - started;
    }
  }
}
