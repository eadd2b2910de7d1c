import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emit } from '../../base/messages/index.ts';
import { cloneRoot, runAttached } from '../../base/system/index.ts';
import { installRequirements } from '../../sandbox/index.ts';
import { addTotals, NO_TESTS, readTotals, type TestTotals, withFailure } from './test-results.ts';
import { runCheck, tool } from './tools.ts';

/** Parts of the tests, by their names on the command line, in the order that they run in. */
export const RINGS = [
  'check',
  'integration',
  'faults',
  'hostile',
  'roles',
  'scenarios',
  'vms',
  'emulated',
  'nested',
  'nested-vm',
] as const;
export type Ring = (typeof RINGS)[number];

/**
 * Those that run by `dev test all` or when they are named: whatever boots emulated machines, hosts in hosts, another
 * line of Incus, and whole ways of working. They take hours, and each of their parts is shown smaller elsewhere.
 */
const ON_DEMAND: readonly Ring[] = ['scenarios', 'vms', 'emulated', 'nested', 'nested-vm'];

/** What a word on the command line asks for: the ordinary rings by no word, every ring by `all`, or one. */
export function ringsOf(word: string | undefined): readonly Ring[] {
  if (word === 'all') return RINGS;
  return RINGS.filter((ring) => (word === undefined ? !ON_DEMAND.includes(ring) : ring === word));
}

/** One run of the test runner: a ring, or a share of one. */
export interface Run {
  readonly ring: Ring;
  /** `1/2`: the first half of the ring's files. */
  readonly shard?: string;
}

/**
 * What runs when: stages one after the other, the lanes of a stage side by side, the runs of a lane one after the
 * other. Each run has a sandbox of its own. Much of their time is spent waiting for machines to boot, so that two
 * lanes on two processors take a good half of the time of one; two emulated machines keep both processors busy: an
 * agent that is starved answers too late for the daemon, so they have the machine to themselves.
 */
const STAGES: readonly (readonly (readonly Run[])[])[] = [
  [[{ ring: 'check' }]],
  [[{ ring: 'integration', shard: '1/2' }], [{ ring: 'integration', shard: '2/2' }]],
  [[{ ring: 'faults' }, { ring: 'hostile' }], [{ ring: 'roles' }]],
  [[{ ring: 'scenarios' }]],
  [[{ ring: 'vms' }]],
  [[{ ring: 'emulated' }]],
  [[{ ring: 'nested' }]],
  [[{ ring: 'nested-vm' }]],
];

/** The stages with nothing but these rings. */
export function stagesOf(rings: readonly Ring[]): Run[][][] {
  return STAGES.map((lanes) =>
    lanes
      .map((runs) => runs.filter(({ ring }) => rings.includes(ring)))
      .filter((runs) => runs.length > 0),
  ).filter((lanes) => lanes.length > 0);
}

/** Runs the rings, all of them whatever fails. */
export async function runTests(
  rings: readonly Ring[],
  env: Readonly<Record<string, string>>,
  options: { readonly emit?: Emit; readonly signal?: AbortSignal },
): Promise<TestTotals> {
  cloneRoot();
  // Integration tests start a sandbox; whoever runs all tests wants what it needs.
  await installRequirements({ assumeYes: true, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'anklume-tests-'));
  try {
    const totals: TestTotals[] = [];
    for (const lanes of stagesOf(rings))
      totals.push(...(await Promise.all(lanes.map((runs, at) => runLane(runs, folder, env, at)))));
    return totals.reduce(addTotals, NO_TESTS);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first lane prints as it goes; what another printed is shown when it has ended. */
async function runLane(
  runs: readonly Run[],
  folder: string,
  env: Readonly<Record<string, string>>,
  lane: number,
): Promise<TestTotals> {
  let totals = NO_TESTS;
  for (const [at, run] of runs.entries()) {
    const counts = join(folder, `${run.ring}-${lane}-${at}.json`);
    const started = performance.now();
    const code = await runOne(run, counts, env, lane === 0 ? undefined : `${counts}.log`);
    const seconds = (performance.now() - started) / 1000;
    const name = run.shard === undefined ? run.ring : `${run.ring} ${run.shard}`;
    const counted = withFailure(await readTotals(counts, name, cloneRoot()), code, name);
    totals = addTotals(totals, { ...counted, durations: [{ run: name, seconds }] });
  }
  return totals;
}

/** Runs it with the counts in a file, and with what it prints in another where there is a `log`; its exit status. */
async function runOne(
  { ring, shard }: Run,
  counts: string,
  env: Readonly<Record<string, string>>,
  log: string | undefined,
): Promise<number> {
  if (ring === 'check') return runCheck(reporters(counts));
  const shards = shard === undefined ? [] : [`--shard=${shard}`];
  const words = ['run', '--project', ring, '--passWithNoTests', ...shards, ...reporters(counts)];
  const argv = [tool('vitest'), ...words];
  const place = { cwd: cloneRoot(), env };
  if (log === undefined) return runAttached(argv, place);
  await using file = await open(log, 'w');
  const code = await runAttached(argv, { ...place, output: file.fd });
  process.stdout.write(await readFile(log, 'utf8'));
  return code;
}

/** Lines for the reader, and the counts into a file. */
function reporters(file: string): string[] {
  return ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
}
