import { EXPECTED } from '../expected.ts';
import { error, type Finding, type Path } from '../finding.ts';
import { isSchedule } from '../schedule.ts';
import type { RawInfra } from '../schema.ts';
import { incusExpiry } from '../units.ts';
import { machinesOf } from '../walk.ts';

/** When snapshots are made, and how long they are kept. */
export function snapshots(raw: RawInfra): Finding[] {
  // Hundreds of machines share a handful of schedules, and reading one is not cheap.
  const known = new Map<string, boolean>();
  const isKnownSchedule = (text: string): boolean => {
    const valid = known.get(text) ?? isSchedule(text);
    known.set(text, valid);
    return valid;
  };
  return machinesOf(raw).flatMap(({ body, path }) => {
    const { snapshots_schedule: schedule, snapshots_expiry: expiry } = body;
    const findings: Finding[] = [];
    if (schedule !== undefined && !isKnownSchedule(schedule))
      findings.push(wrong('cron', [...path, 'snapshots_schedule'], schedule));
    if (expiry !== undefined && incusExpiry(expiry) === undefined)
      findings.push(wrong('expiry', [...path, 'snapshots_expiry'], expiry));
    return findings;
  });
}

function wrong(kind: 'cron' | 'expiry', path: Path, value: string): Finding {
  const { code, text } = EXPECTED[kind];
  const key = path.at(-1);
  return error(
    code,
    path,
    {
      en: `'${key}' must be ${text.en}, not '${value}'.`,
      fr: `« ${key} » doit être ${text.fr}, et non « ${value} ».`,
    },
    { remedy: { en: `Write ${text.en}.`, fr: `Écrivez ${text.fr}.` } },
  );
}
