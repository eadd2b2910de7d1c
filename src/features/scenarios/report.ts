import * as v from 'valibot';
import { writeAtomic } from '../../base/system/index.ts';

const seconds = v.pipe(v.number(), v.minValue(0));

/** A command that a step ran, as a person would type it. */
const commandSchema = v.strictObject({
  command: v.string(),
  /** Absent when it was ended at its time limit. */
  exitCode: v.optional(v.number()),
  stdout: v.string(),
  stderr: v.string(),
  seconds,
});

const STATUSES = ['passed', 'failed', 'undefined', 'ambiguous', 'pending', 'skipped'] as const;
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
  /** The file's name without `.feature`: what the command line calls it. */
  name: v.string(),
  category: v.picklist(['best', 'bad', 'own']),
  file: v.string(),
  line: v.number(),
  scenario: v.string(),
  /** Cells of the behaviour matrix that it shows. */
  matrix: v.array(v.string()),
  round: v.number(),
  status,
  seconds,
  steps: v.array(stepSchema),
});

/** The report of a run: what a machine reads of it. */
export const reportSchema = v.strictObject({
  version: v.literal(1),
  /** ISO 8601. */
  began: v.string(),
  seconds,
  /** What the order of the first round was shuffled with. */
  seed: v.optional(v.number()),
  rounds: v.number(),
  /** How often each image came into the sandbox during the session, by the daemon's own account. */
  images: v.array(v.strictObject({ alias: v.string(), imports: v.number() })),
  passed: v.number(),
  failed: v.number(),
  scenarios: v.array(scenarioSchema),
});

export type CommandRun = v.InferOutput<typeof commandSchema>;
export type StepRun = v.InferOutput<typeof stepSchema>;
export type StepStatus = v.InferOutput<typeof status>;
export type ScenarioRun = v.InferOutput<typeof scenarioSchema>;
export type Report = v.InferOutput<typeof reportSchema>;

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
