import * as v from 'valibot';
import { writeAtomic } from '../../base/system/index.ts';

const STATUSES = ['passed', 'failed', 'undefined', 'ambiguous', 'pending', 'skipped'] as const;
export type StepStatus = (typeof STATUSES)[number];

/** A command that a step ran, as a person would type it. */
export interface CommandRun {
  readonly command: string;
  /** Absent when it was ended at its time limit. */
  readonly exitCode?: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface StepRun {
  keyword: string;
  text: string;
  status: StepStatus;
  seconds: number;
  error?: string;
  commands: CommandRun[];
}

export interface ScenarioRun {
  feature: string;
  /** The file's name without `.feature`: what the command line calls it. */
  name: string;
  category: 'best' | 'bad' | 'own';
  file: string;
  line: number;
  scenario: string;
  /** Cells of the behaviour matrix that it shows. */
  matrix: string[];
  round: number;
  status: StepStatus;
  seconds: number;
  steps: StepRun[];
}

/** The report of a run: what a machine reads of it. */
export interface Report {
  readonly version: 1;
  /** ISO 8601. */
  readonly began: string;
  readonly seconds: number;
  /** What the order of the first round was shuffled with. */
  readonly seed?: number;
  readonly rounds: number;
  /** How often each image came into the sandbox during the session, by the daemon's own account. */
  readonly images: readonly { readonly alias: string; readonly imports: number }[];
  readonly passed: number;
  readonly failed: number;
  readonly scenarios: readonly ScenarioRun[];
}

const seconds = v.pipe(v.number(), v.minValue(0));

const commandSchema: v.GenericSchema<unknown, CommandRun> = v.strictObject({
  command: v.string(),
  exitCode: v.optional(v.number()),
  stdout: v.string(),
  stderr: v.string(),
  seconds,
});

const status = v.picklist(STATUSES);

const stepSchema = v.strictObject({
  keyword: v.string(),
  text: v.string(),
  status,
  seconds,
  error: v.optional(v.string()),
  commands: v.array(commandSchema),
});

const scenarioSchema = v.strictObject({
  feature: v.string(),
  name: v.string(),
  category: v.picklist(['best', 'bad', 'own']),
  file: v.string(),
  line: v.number(),
  scenario: v.string(),
  matrix: v.array(v.string()),
  round: v.number(),
  status,
  seconds,
  steps: v.array(stepSchema),
});

/** The report as it is checked. */
export const reportSchema: v.GenericSchema<unknown, Report> = v.strictObject({
  version: v.literal(1),
  began: v.string(),
  seconds,
  seed: v.optional(v.number()),
  rounds: v.number(),
  images: v.array(v.strictObject({ alias: v.string(), imports: v.number() })),
  passed: v.number(),
  failed: v.number(),
  scenarios: v.array(scenarioSchema),
});

/** A command as a step attached it; undefined for anything else. */
export function commandRun(untrustedText: string): CommandRun | undefined {
  try {
    const parsed = v.safeParse(commandSchema, JSON.parse(untrustedText));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the report, checked against its schema: a report that nobody can read is no report. */
export async function writeReport(path: string, report: Report): Promise<void> {
  const checked = v.parse(reportSchema, report);
  await writeAtomic(path, `${JSON.stringify(checked, undefined, 2)}\n`, 0o600);
}
