import { bridgeNames } from '../bridge-name.ts';
import { type Danger, dangersOf, type Layer, permits } from '../dangers/index.ts';
import { nestingPrefix } from '../defaults.ts';
import { error, type Finding, type Path, warning } from '../finding.ts';
import { baseOf } from '../networks.ts';
import type { RawInfra, RawPolicy } from '../schema.ts';
import type { ResolveContext } from '../types.ts';
import { declaredProfiles, type MachineEntry, machinesOf } from '../walk.ts';

/**
 * Settings that open the host, or other machines, to a machine: an error unless the machine names them under `allow`;
 * with YOLO a warning. What a word permits that is not there is told, so that no permission outlives its reason.
 */
export function dangers(raw: RawInfra, context: ResolveContext): Finding[] {
  const names = Object.keys(raw.domains ?? {});
  const bridges = bridgeNames(names, nestingPrefix(raw, context));
  const plain = bridgeNames(names);
  return [
    ...machinesOf(raw).flatMap((entry) => ofMachine(entry, raw, { bridges, plain }, context)),
    ...unusedProfiles(raw, { bridges, plain }, context),
  ];
}

interface Bridges {
  readonly bridges: ReadonlyMap<string, string>;
  /** Without the nesting prefix: what people write where it is not theirs to know. */
  readonly plain: ReadonlyMap<string, string>;
}

function ofMachine(
  entry: MachineEntry,
  raw: RawInfra,
  names: Bridges,
  context: ResolveContext,
): Finding[] {
  const { body } = entry;
  const layers: Layer[] = [
    ...declaredProfiles(entry).map((name) => profileLayer(entry, name)),
    { path: entry.path, config: body.config ?? {}, devices: body.devices ?? {} },
  ];
  const found = dangersOf(layers, around(entry, raw, names, context));
  const allow = body.allow ?? [];
  const privileged = layers.some(({ config }) => 'security.privileged' in config);
  const words = [...found.map(({ word }) => word), ...(privileged ? ['security.privileged'] : [])];
  return [
    ...found
      .filter(({ word }) => !permits(allow, word))
      .map((danger) => dangerous(danger, entry, context)),
    ...allow.flatMap((word, i) =>
      words.some((one) => permits([word], one)) ? [] : [permitsNothing(word, entry, i)],
    ),
  ];
}

function profileLayer({ domain, parent }: MachineEntry, name: string): Layer {
  const { config = {}, devices = {} } = parent.profiles?.[name] ?? {};
  return { path: ['domains', domain, 'profiles', name], profile: name, config, devices };
}

function around(
  { name, domain, body, parent }: Pick<MachineEntry, 'name' | 'domain' | 'body' | 'parent'>,
  raw: RawInfra,
  { bridges, plain }: Bridges,
  { files }: ResolveContext,
) {
  const opened = Object.keys(raw.domains ?? {}).filter((other) =>
    (raw.network_policies ?? []).some((policy) => opensAll(policy, [name, domain], other)),
  );
  return {
    type: body.type === 'vm' ? ('vm' as const) : ('lxc' as const),
    internet: parent.internet !== false,
    roles: body.roles ?? [],
    nics: {
      own: bridges.get(domain) ?? '',
      ownPlain: plain.get(domain) ?? '',
      bridges: new Set([...bridges.values(), ...plain.values()]),
    },
    walled: Object.values(raw.domains ?? {}).map((one) => `${baseOf(raw, one)}.`),
    opened: new Set(opened.flatMap((other) => [bridges.get(other) ?? '', plain.get(other) ?? ''])),
    ...(files && { files }),
  };
}

/** Whether a policy lets everything pass both ways between one of `ends` and a whole domain. */
function opensAll(
  { from = '', to = '', ports = 'all', protocol, bidirectional }: RawPolicy,
  ends: readonly string[],
  other: string,
): boolean {
  const joins = (ends.includes(from) && to === other) || (ends.includes(to) && from === other);
  return joins && ports === 'all' && protocol === undefined && bidirectional === true;
}

function dangerous(danger: Danger, entry: MachineEntry, { nesting }: ResolveContext): Finding {
  const { word, weight, gives, path, profile } = danger;
  const report = weight === 'error' && !nesting.yolo ? error : warning;
  const by = profile
    ? { en: ` (profile '${profile}')`, fr: ` (profil « ${profile} »)` }
    : { en: '', fr: '' };
  const what = path.at(-1);
  return report(
    word.startsWith('nic:') ? 'foreign-nic' : 'dangerous-setting',
    path,
    {
      en: `'${entry.name}' has the setting '${what}'${by.en}: ${gives.en}.`,
      fr: `« ${entry.name} » a le réglage « ${what} »${by.fr} : ${gives.fr}.`,
    },
    {
      ...(profile && { relatedPath: entry.path }),
      remedy: {
        en: `Remove it, or permit it on the machine: 'allow: [${quoted(word)}]'.`,
        fr: `Retirez-le, ou permettez-le sur la machine : « allow: [${quoted(word)}] ».`,
      },
    },
  );
}

/** As it has to be written in a list of YAML. */
function quoted(word: string): string {
  return /^[\w./:-]+$/.test(word) && !word.endsWith(':') ? word : JSON.stringify(word);
}

function permitsNothing(word: string, { name, path }: MachineEntry, i: number): Finding {
  return warning(
    'permission-without-use',
    [...path, 'allow', String(i)],
    {
      en: `'${name}' has no setting that 'allow: [${word}]' would permit.`,
      fr: `« ${name} » n'a aucun réglage que « allow: [${word}] » permettrait.`,
    },
    {
      remedy: {
        en: 'Remove the word, or correct it: the message about a dangerous setting says which it is.',
        fr: 'Retirez le mot, ou corrigez-le : le message sur un réglage dangereux donne le bon.',
      },
    },
  );
}

/** Profiles that no machine uses yet are told all the same: the next one that does would have it. */
function unusedProfiles(raw: RawInfra, names: Bridges, context: ResolveContext): Finding[] {
  return Object.entries(raw.domains ?? {}).flatMap(([domain, parent]) => {
    const used = new Set(
      Object.values(parent.machines ?? {}).flatMap(({ profiles }) => profiles ?? ['default']),
    );
    return Object.entries(parent.profiles ?? {}).flatMap(
      ([name, { config = {}, devices = {} }]) => {
        if (used.has(name)) return [];
        const path: Path = ['domains', domain, 'profiles', name];
        const layer = { path, profile: name, config, devices };
        const place = { name: '', domain, body: {}, parent };
        return dangersOf([layer], around(place, raw, names, context)).map(({ path: at, gives }) =>
          dangerousProfile(name, at, gives),
        );
      },
    );
  });
}

function dangerousProfile(name: string, path: Path, gives: Finding['message']): Finding {
  return warning(
    'dangerous-profile',
    path,
    {
      en: `The profile '${name}', which no machine uses yet, has the setting '${path.at(-1)}': ${gives.en}.`,
      fr: `Le profil « ${name} », qu'aucune machine n'utilise encore, a le réglage « ${path.at(-1)} » : ${gives.fr}.`,
    },
    {
      remedy: {
        en: 'Remove it, or permit it on the machine that will use the profile.',
        fr: 'Retirez-le, ou permettez-le sur la machine qui utilisera le profil.',
      },
    },
  );
}
