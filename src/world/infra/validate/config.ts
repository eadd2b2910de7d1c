import { error, type Finding, type Path } from '../finding.ts';
import type { RawInfra } from '../schema.ts';
import { parseAllowance, parseCpus, parsePercent, parseSize } from '../units.ts';
import { machinesOf } from '../walk.ts';

type Settings = Readonly<Record<string, string | number | boolean>>;

/** Incus configuration keys that we read ourselves, or that are ours. All others are Incus's to judge. */
export function config(raw: RawInfra): Finding[] {
  return settingsOf(raw).flatMap(([settings, path]) => [
    ...own(settings, path),
    ...limits(settings, path),
  ]);
}

function settingsOf(raw: RawInfra): [Settings, Path][] {
  const ofProfiles = Object.entries(raw.domains ?? {}).flatMap(([domain, { profiles = {} }]) =>
    Object.entries(profiles).map<[Settings, Path]>(([name, body]) => [
      body.config ?? {},
      ['domains', domain, 'profiles', name, 'config'],
    ]),
  );
  const ofMachines = machinesOf(raw).map<[Settings, Path]>(({ body, path }) => [
    body.config ?? {},
    [...path, 'config'],
  ]);
  return [...ofProfiles, ...ofMachines];
}

function own(settings: Settings, path: Path): Finding[] {
  return Object.keys(settings)
    .filter((key) => key.startsWith('user.anklume.'))
    .map((key) =>
      error(
        'reserved-config-key',
        [...path, key],
        {
          en: `'${key}' marks what this tool owns in Incus and cannot be set by hand.`,
          fr: `« ${key} » marque ce que cet outil possède dans Incus et ne peut pas être fixé à la main.`,
        },
        { remedy: { en: 'Remove it.', fr: 'Retirez-la.' } },
      ),
    );
}

function limits(settings: Settings, path: Path): Finding[] {
  const memory = settings['limits.memory'];
  const cpu = settings['limits.cpu'];
  const allowance = settings['limits.cpu.allowance'];
  const findings: Finding[] = [];
  if (memory !== undefined && !parsePercent(String(memory)) && !parseSize(String(memory)))
    findings.push(
      invalid([...path, 'limits.memory'], memory, {
        en: 'Write a size such as 2GiB or 512MiB, or a percentage.',
        fr: 'Écrivez une taille comme 2GiB ou 512MiB, ou un pourcentage.',
      }),
    );
  if (cpu !== undefined && parseCpus(String(cpu)) === undefined)
    findings.push(
      invalid([...path, 'limits.cpu'], cpu, {
        en: 'Write a number of processors (2), or which ones (0-3 or 0,2).',
        fr: 'Écrivez un nombre de processeurs (2), ou lesquels (0-3 ou 0,2).',
      }),
    );
  if (allowance !== undefined && parseAllowance(String(allowance)) === undefined)
    findings.push(
      invalid([...path, 'limits.cpu.allowance'], allowance, {
        en: 'Write a percentage (50%) or a time in a time (25ms/100ms).',
        fr: 'Écrivez un pourcentage (50%) ou un temps par période (25ms/100ms).',
      }),
    );
  return findings;
}

function invalid(path: Path, value: unknown, remedy: NonNullable<Finding['remedy']>): Finding {
  const key = path.at(-1);
  return error(
    'invalid-limit',
    path,
    {
      en: `Incus would refuse '${value}' for ${key}.`,
      fr: `Incus refuserait « ${value} » pour ${key}.`,
    },
    { remedy },
  );
}
