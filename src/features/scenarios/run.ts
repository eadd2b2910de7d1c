import { join } from 'node:path';
import { silent } from '../../base/messages/index.ts';
import { checkWritable, cloneRoot, homeFolder } from '../../base/system/index.ts';
import type { InstallOptions } from '../../sandbox/index.ts';
import { Catalogue } from './catalogue.ts';
import { Collector } from './collector.ts';
import { runCucumber } from './cucumber.ts';
import { unreadable } from './errors.ts';
import type { Feature } from './features.ts';
import { type Report, type ScenarioRun, writeReport } from './report.ts';
import { inSession, type Session } from './session.ts';

export interface ScenarioOptions extends InstallOptions {
  /** Shuffles the scenarios; the next round takes the next number. */
  readonly seed?: number;
  /** How often all of them run. Default: 1. */
  readonly rounds?: number;
  /** Seconds that a step may take. Default: 120. */
  readonly limit?: number;
  /** Where the report goes. Default: `scenarios/report.json` below the home folder. */
  readonly report?: string;
}

/** Bytes of a large report. */
const ROOM = 1024 * 1024;

/** Seconds that the runner may be silent beyond the limit of a step: it loads its steps and clears up. */
const GRACE = 60;

/** Runs scenarios in a sandbox of their own, all of them whatever fails, and writes the report. */
export async function runScenarios(
  features: readonly Feature[],
  options: ScenarioOptions = {},
): Promise<{ readonly report: Report; readonly path: string }> {
  const { seed, rounds = 1 } = options;
  const path = options.report ?? join(homeFolder(), 'scenarios', 'report.json');
  // Minutes of work, and no place for what they gave: that is said before.
  await checkWritable(path, ROOM);
  const began = new Date();
  const { runs, images } = await inSession(options, async (session) => {
    const all: ScenarioRun[] = [];
    for (let round = 1; round <= rounds; round += 1)
      all.push(...(await runRound(features, round, session, options)));
    return { runs: all, images: session.imports() };
  });
  const failed = runs.filter(({ status }) => status !== 'passed').length;
  const report: Report = {
    version: 1,
    began: began.toISOString(),
    seconds: (Date.now() - began.getTime()) / 1000,
    ...(seed !== undefined && { seed }),
    rounds,
    images,
    passed: runs.length - failed,
    failed,
    scenarios: runs,
  };
  await writeReport(path, report);
  return { report, path };
}

async function runRound(
  features: readonly Feature[],
  round: number,
  { place }: Session,
  { emit = silent, signal, seed, limit = 120 }: ScenarioOptions,
): Promise<readonly ScenarioRun[]> {
  const catalogue = new Catalogue(features, cloneRoot());
  const collector = new Collector(catalogue, round, emit);
  const ended = await runCucumber(
    {
      features,
      world: { ...place, limit },
      env: { ANKLUME_STEP_LIMIT: String(limit) },
      silence: limit + GRACE,
      ...(seed !== undefined && { seed: seed + round - 1 }),
      ...(signal && { signal }),
    },
    (message) => collector.add(message),
  );
  if (catalogue.faults.length > 0) throw unreadable(catalogue.faults);
  if (ended === 'silent') collector.abandon(`no sign of life for ${limit + GRACE} s`);
  return collector.finished;
}
