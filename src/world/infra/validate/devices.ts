import { error, type Finding, type Path, warning } from '../finding.ts';
import { nearest } from '../nearest.ts';
import type { RawInfra } from '../schema.ts';
import { machinesOf } from '../walk.ts';

/** Device types of Incus 6. */
const TYPES = [
  'none',
  'nic',
  'disk',
  'unix-char',
  'unix-block',
  'unix-hotplug',
  'usb',
  'gpu',
  'infiniband',
  'proxy',
  'tpm',
  'pci',
];

type Devices = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** Each device says what it is. */
export function devices(raw: RawInfra): Finding[] {
  const ofProfiles = Object.entries(raw.domains ?? {}).flatMap(([domain, { profiles = {} }]) =>
    Object.entries(profiles).flatMap(([name, body]) =>
      check(body.devices ?? {}, ['domains', domain, 'profiles', name, 'devices']),
    ),
  );
  const ofMachines = machinesOf(raw).flatMap(({ body, path }) =>
    check(body.devices ?? {}, [...path, 'devices']),
  );
  return [...ofProfiles, ...ofMachines];
}

function check(all: Devices, path: Path): Finding[] {
  return Object.entries(all).flatMap(([name, { type }]) => {
    const here = [...path, name];
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) return [badName(name, here)];
    if (type === undefined) return [noType(name, here)];
    return TYPES.includes(String(type)) ? [] : [unknownType(name, String(type), here)];
  });
}

function badName(name: string, path: Path): Finding {
  return error(
    'invalid-name',
    path,
    {
      en: `'${name}' cannot be the name of a device.`,
      fr: `« ${name} » ne peut pas être le nom d'un périphérique.`,
    },
    {
      remedy: {
        en: 'Use letters, digits, hyphens, dots and underscores.',
        fr: 'Utilisez des lettres, des chiffres, des tirets, des points et des soulignés.',
      },
    },
  );
}

function noType(name: string, path: Path): Finding {
  return error(
    'device-without-type',
    path,
    {
      en: `The device '${name}' does not say what it is.`,
      fr: `Le périphérique « ${name} » ne dit pas ce qu'il est.`,
    },
    {
      remedy: {
        en: "Add its type, for example 'type: disk'.",
        fr: 'Ajoutez son type, par exemple « type: disk ».',
      },
    },
  );
}

/** A warning, since a newer Incus may know more. */
function unknownType(name: string, type: string, path: Path): Finding {
  const near = nearest(type, TYPES);
  return warning(
    'unknown-device-type',
    [...path, 'type'],
    {
      en: `The device '${name}' has the type '${type}', which Incus 6 does not know.`,
      fr: `Le périphérique « ${name} » a le type « ${type} », qu'Incus 6 ne connaît pas.`,
    },
    {
      remedy: near
        ? { en: `Did you mean '${near}'?`, fr: `Vouliez-vous dire « ${near} » ?` }
        : { en: `Known types: ${TYPES.join(', ')}.`, fr: `Types connus : ${TYPES.join(', ')}.` },
    },
  );
}
