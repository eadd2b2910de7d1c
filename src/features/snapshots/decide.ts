import { printable, shownTime } from '../../base/system/index.ts';
import type { Snapshot } from '../../incus/index.ts';
import { isUnfinished } from '../../repair/index.ts';
import { isAutomatic } from '../../site/index.ts';
import { isOurs, type Seen } from './look.ts';
import { oldestFirst } from './order.ts';
import type { Step } from './outcome.ts';

export interface Choice {
  /** Whose machines these must be; absent for `self`. */
  readonly projectName?: string;
  /** One machine was named: that it does not exist is a failure then. */
  readonly one: boolean;
}

/** A step on a machine, with what was seen of it. */
export interface SeenStep extends Step {
  readonly seen: Seen;
  /** The snapshot meant, where the machine has it. */
  readonly found?: Snapshot;
}

/** New snapshots: on every machine that exists and is ours. */
export function decideCreate(all: readonly Seen[], name: string, choice: Choice): SeenStep[] {
  return all.map((seen) => {
    const base = begin(seen, name, choice);
    // One that was cut off gives its name up.
    if (base.decided || !base.found || isUnfinished(base.found)) return base;
    return { ...base, decided: { result: 'failed', ...existsAlready(seen, base.found) } };
  });
}

/** Going back: on every machine that has the snapshot. Without a name, to the newest one made by hand. */
export function decideRestore(
  all: readonly Seen[],
  name: string | undefined,
  choice: Choice,
): SeenStep[] {
  return all.map((seen) => {
    const wanted = name ?? newest(seen)?.name;
    const base = begin(seen, wanted ?? '', choice);
    if (base.decided) return base;
    if (base.found && isWhole(seen, base.found)) return base;
    const without = base.found ? notWhole(seen, base.found) : noSnapshot(seen, name);
    return { ...base, decided: { result: choice.one ? 'failed' : 'skipped', ...without } };
  });
}

/** Removal: a snapshot that is not there is as wanted. */
export function decideDelete(all: readonly Seen[], name: string, choice: Choice): SeenStep[] {
  return all.map((seen) => {
    const base = begin(seen, name, choice);
    if (!seen.live) return { ...base, decided: { result: 'unchanged' } };
    return base.decided || base.found ? base : { ...base, decided: { result: 'unchanged' } };
  });
}

function begin(seen: Seen, snapshot: string, { projectName, one }: Choice): SeenStep {
  const found = seen.live?.snapshots?.find((other) => other.name === snapshot);
  const base = { place: seen, seen, snapshot, ...(found && { found }) };
  if (!seen.live)
    return { ...base, decided: { result: one ? 'failed' : 'skipped', ...absent(seen) } };
  if (!isOurs(seen, projectName))
    return { ...base, decided: { result: 'failed', ...foreign(seen) } };
  return base;
}

/** The newest snapshot that somebody made: those of a schedule and of the safety net are gone back to by name alone. */
function newest(seen: Seen): Snapshot | undefined {
  const { live } = seen;
  if (!live) return undefined;
  return [...(live.snapshots ?? [])]
    .filter((one) => !isAutomatic(one, live.expanded_config) && isWhole(seen, one))
    .sort(oldestFirst)
    .at(-1);
}

function isWhole({ empty }: Seen, snapshot: Snapshot): boolean {
  return !isUnfinished(snapshot) && empty?.has(snapshot.name) !== true;
}

function notWhole({ machine }: Seen, { name }: Snapshot) {
  return {
    code: 'snapshot-incomplete',
    message: {
      en: `the snapshot '${name}' of '${machine}' was cut off while it was made or deleted: it is not whole`,
      fr: `l'instantané « ${name} » de « ${machine} » a été interrompu pendant sa création ou sa suppression : il n'est pas complet`,
    },
    remedy: {
      en: `Go back to another: 'anklume snapshot list ${machine}' shows them.`,
      fr: `Revenez à un autre : « anklume snapshot list ${machine} » les montre.`,
    },
  };
}

function absent({ machine }: Seen) {
  return {
    code: 'machine-absent',
    message: {
      en: `the machine '${machine}' does not exist on this daemon`,
      fr: `la machine « ${machine} » n'existe pas sur ce démon`,
    },
    remedy: {
      en: "Make it first with 'anklume apply'.",
      fr: "Créez-la d'abord avec « anklume apply ».",
    },
  };
}

function foreign({ instance }: Seen) {
  return {
    code: 'not-ours',
    message: {
      en: `the instance '${instance}' is not of this infrastructure`,
      fr: `l'instance « ${instance} » n'est pas de cette infrastructure`,
    },
    remedy: {
      en: "Take it over with 'anklume apply --adopt', or use the incus command.",
      fr: 'Reprenez-la avec « anklume apply --adopt », ou utilisez la commande incus.',
    },
  };
}

function existsAlready({ machine }: Seen, { name, created_at }: Snapshot) {
  const since = shownTime(created_at);
  return {
    code: 'snapshot-exists',
    message: {
      en: `'${machine}' has a snapshot '${name}' already, made at ${since}; it is left as it is`,
      fr: `« ${machine} » a déjà un instantané « ${name} », fait à ${since} ; il reste tel quel`,
    },
    remedy: {
      en: `Choose another name, or remove it with 'anklume snapshot delete ${machine} ${name}'.`,
      fr: `Choisissez un autre nom, ou supprimez-le avec « anklume snapshot delete ${machine} ${name} ».`,
    },
  };
}

function noSnapshot({ machine, live }: Seen, name: string | undefined) {
  const names = (live?.snapshots ?? []).map((one) => printable(one.name));
  const known = names.slice(-8).join(', ');
  const remedy =
    names.length === 0
      ? {
          en: `Make one first with 'anklume snapshot create ${machine}'.`,
          fr: `Faites-en d'abord un avec « anklume snapshot create ${machine} ».`,
        }
      : name === undefined
        ? {
            en: `Name one of those that were made by themselves (${known}), or make one: 'anklume snapshot create ${machine}'.`,
            fr: `Nommez un de ceux qui se sont faits d'eux-mêmes (${known}), ou faites-en un : « anklume snapshot create ${machine} ».`,
          }
        : { en: `It has: ${known}.`, fr: `Elle a : ${known}.` };
  const message =
    name === undefined
      ? {
          en: `'${machine}' has no snapshot that was made by hand`,
          fr: `« ${machine} » n'a pas d'instantané fait à la main`,
        }
      : {
          en: `'${machine}' has no snapshot '${name}'`,
          fr: `« ${machine} » n'a pas d'instantané « ${name} »`,
        };
  return { code: 'no-snapshot', message, remedy };
}
