/**
 * All unit tests of a room in one file. Once it is known which mutants each test passes by, every mutant is woken in
 * turn in this same process and the tests that pass by it run again, the quickest first, until one fails. A mutant of
 * what is decided while a module loads has a copy of all modules and tests for itself.
 */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, inject, it, type RunnerTestCase, vi } from 'vitest';
import { grouped } from './grouped.ts';
import { append, type Outcome, readJournal } from './journal.ts';
import { clearUp, Recorded } from './recorded.ts';
import { ROOT } from './rooms.ts';
import { state } from './switch.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly mutants: readonly import('./instrument.ts').Mutant[];
    readonly tests: readonly string[];
    readonly journal: string;
  }
}

/** A property is tried for so long in milliseconds, and not shrunk. */
const PROPERTY_LIMIT = 200;
/** How many times more often than without it a mutant may be passed by. */
const HITS = 100;
/** Milliseconds of tests, as long as they take without a mutant, after which a mutant has survived. */
const BUDGET = 1_500;
/** Milliseconds within which a test without a mutant has ended. */
const LONGEST = 20_000;
/** Tests that are run however long they take. */
const FIRST = 3;
/** Copies of all modules that one process holds. */
const COPIES = 60;

fc.configureGlobal({ interruptAfterTimeLimit: PROPERTY_LIMIT, endOnFailure: true });

const mutants = inject('mutants');
const journal = inject('journal');
const known = readJournal(journal);
const outcomeOf = (id: string): Outcome | 'tried' => known.get(id)?.outcome ?? 'tried';

const copied = mutants.filter(({ id }) => outcomeOf(id) === 'static').slice(0, COPIES);

it('mutants', { timeout: 0 }, async ({ task }) => {
  const all = testsBelow(task.file.tasks).filter((test) => test !== task && test.mode === 'run');
  // They run here and nowhere else.
  for (const test of all) test.mode = 'skip';
  const copies = grouped(
    all.map((test) => new Recorded(test)),
    ({ copy }) => copy,
  );
  const steady: Recorded[] = [];
  for (const one of copies.get('') ?? []) {
    state.currentTestId = one.test.id;
    const first = await inTime(one.run());
    one.usual = one.milliseconds;
    const isSteady = first && (await inTime(one.run()));
    // Of a machine that does much else besides, the quicker run says how long it takes.
    one.usual = Math.min(one.usual, one.milliseconds);
    if (isSteady) steady.push(one);
    else console.error(`left out, as it fails when it runs alone: ${one.name}`);
  }
  state.currentTestId = undefined;
  steady.sort((one, other) => one.usual - other.usual);
  try {
    await wakeThose(steady);
    await wakeCopies(steady, copies);
  } finally {
    await clearUp();
  }
});

for (const id of ['', ...copied.map((mutant) => mutant.id)])
  describe(id, () => {
    state.activeMutant = id;
    if (id !== '') vi.resetModules();
    for (const path of inject('tests'))
      describe(path, async () => {
        await import(/* @vite-ignore */ join(ROOT, path)).catch((error: unknown) => {
          if (id === '') throw error;
          state.broken.add(id);
        });
      });
  });
describe('asleep', () => {
  state.activeMutant = undefined;
});

/** A test that never ends when it runs alone is left out like one that fails. */
async function inTime(run: Promise<boolean>): Promise<boolean> {
  const timeout = new Promise<false>((resolve) => setTimeout(resolve, LONGEST, false).unref());
  return Promise.race([run, timeout]);
}

async function wakeThose(steady: readonly Recorded[]): Promise<void> {
  let first = true;
  for (const mutant of mutants.filter(({ id }) => outcomeOf(id) === 'tried')) {
    const tests = steady.filter(({ hits }) => mutant.id in hits);
    if (tests.length === 0) {
      const isStatic = mutant.id in state.mutantCoverage.static;
      append(journal, { mutant, outcome: isStatic ? 'static' : 'uncovered' });
      continue;
    }
    append(journal, { mutant, outcome: 'tried' });
    const killer = await firstToFail(mutant.id, tests);
    // A mutant may leave something behind, in a cache of a module; then its end counts in a fresh process alone.
    const isClean = (await killer?.run()) ?? true;
    if (killer === undefined) append(journal, { mutant, outcome: 'survived' });
    else if (isClean || first) append(journal, { mutant, outcome: 'killed', by: killer.name });
    if (!isClean) throw new Error('something is left of the last mutant');
    first = false;
  }
}

async function wakeCopies(
  steady: readonly Recorded[],
  copies: ReadonlyMap<string, readonly Recorded[]>,
): Promise<void> {
  const ofFile = grouped(mutants, ({ file }) => file);
  for (const mutant of copied) {
    const tests = new Map(copies.get(mutant.id)?.map((one) => [one.name, one]));
    const beside = ofFile.get(mutant.file) ?? [];
    const passesBy = ({ hits }: Recorded) => beside.some(({ id }) => id in hits);
    const same = steady.flatMap(({ name, hits, usual }) => {
      const found = tests.get(name);
      return found === undefined ? [] : [Object.assign(found, { hits, usual })];
    });
    // Nobody knows which tests what is decided here matters to; those that use its file come first.
    const sorted = [...same.filter(passesBy), ...same.filter((one) => !passesBy(one))];
    const killer = state.broken.has(mutant.id) ? undefined : await firstToFail(mutant.id, sorted);
    const isKilled =
      state.broken.has(mutant.id) || killer !== undefined || same.length < steady.length;
    append(journal, {
      mutant,
      outcome: isKilled ? 'killed' : 'survived',
      ...(killer && { by: killer.name }),
    });
  }
}

async function firstToFail(id: string, tests: readonly Recorded[]): Promise<Recorded | undefined> {
  let spent = 0;
  try {
    for (const [at, test] of tests.entries()) {
      spent += test.usual;
      if (spent > BUDGET && at >= FIRST) return undefined;
      const hitLimit = (test.hits[id] ?? 0) * HITS + 1000;
      Object.assign(state, { activeMutant: id, hitCount: 0, hitLimit });
      if (!(await test.run())) return test;
    }
    return undefined;
  } finally {
    Object.assign(state, { activeMutant: undefined, hitCount: undefined });
  }
}

function testsBelow(tasks: RunnerTestCase['file']['tasks']): RunnerTestCase[] {
  return tasks.flatMap((task) => (task.type === 'test' ? [task] : testsBelow(task.tasks)));
}
