import { EXPECTED } from '../expected.ts';
import { error, type Finding, type Path } from '../finding.ts';
import { incusSchedule, volumeSchedule } from '../schedule.ts';
import type { RawInfra, RawMachine } from '../schema.ts';
import { expirySeconds, incusExpiry } from '../units.ts';
import { volumesOf } from '../volumes.ts';
import { type MachineEntry, machinesOf } from '../walk.ts';

/** When snapshots are made, and how long they and what is removed are kept. */
export function snapshots(raw: RawInfra): Finding[] {
  return [...trash(raw), ...machinesOf(raw).flatMap(ofMachine), ...profiles(raw)];
}

function trash({ global }: RawInfra): Finding[] {
  const text = global?.trash;
  if (text === undefined || expirySeconds(text) !== undefined) return [];
  return [wrong('expiry', ['global', 'trash'], text)];
}

function ofMachine({ body, path }: MachineEntry): Finding[] {
  const { snapshots_schedule: schedule, snapshots_expiry: expiry } = body;
  const findings: Finding[] = [];
  if (schedule !== undefined && incusSchedule(schedule) === undefined)
    findings.push(wrong('cron', [...path, 'snapshots_schedule'], schedule));
  if (expiry !== undefined && incusExpiry(expiry) === undefined)
    findings.push(wrong('expiry', [...path, 'snapshots_expiry'], expiry));
  return [
    ...findings,
    ...inConfig(body.config, path, incusSchedule),
    ...volumesOf(body).flatMap((volume) =>
      inConfig(volume.body.config, [...path, ...volume.path], volumeSchedule),
    ),
  ];
}

function profiles(raw: RawInfra): Finding[] {
  return Object.entries(raw.domains ?? {}).flatMap(([domain, { profiles: all = {} }]) =>
    Object.entries(all).flatMap(([name, { config }]) =>
      inConfig(config, ['domains', domain, 'profiles', name], incusSchedule),
    ),
  );
}

/** Incus would refuse it as well, but only when the first machines are made. Empty is none. */
function inConfig(
  config: RawMachine['config'],
  path: Path,
  read: typeof volumeSchedule,
): Finding[] {
  const key = 'snapshots.schedule';
  const schedule = String(config?.[key] ?? '');
  if (schedule === '' || read(schedule) === schedule) return [];
  return [wrong('cron', [...path, 'config', key], schedule)];
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
