import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import type { Desired } from '../world/tree/index.ts';
import { refuse } from './decide.ts';
import { MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import type { Leftover } from './orphans.ts';
import type { PlanEntry, PlanNote } from './plan.ts';
import { instanceId } from './resources/instance-spec.ts';
import type { Spec } from './spec.ts';

/** A machine that goes on under another name, in its Incus project. */
export interface Rename {
  readonly project: string;
  readonly from: string;
  readonly to: string;
}

type Live = Observed['instances'][number];

/** The renames that were asked for with words like `OLD=NEW`. Throws `rename-impossible` (exit 2) for any other. */
export function renamesOf(
  asked: readonly string[],
  desired: Desired,
  observed: Observed,
): Rename[] {
  const found = asked.map((words) => {
    const [from = '', to = '', ...more] = words.split('=');
    const place = placeOf(desired, to);
    const taken = observed.instances.some(
      (one) => one.project === place?.project && one.name === place.name,
    );
    const old = observed.instances.find(
      (one) =>
        one.project === place?.project &&
        one.name === from &&
        one.config[MARK.project] === desired.projectName,
    );
    // Done by an earlier run that was cut short behind it.
    if (place && taken && !old && from !== to && more.length === 0) return undefined;
    const isFree = place && old && !taken && !placeOf(desired, from);
    if (!isFree || more.length > 0) throw impossible(words);
    return { project: place.project, from, to: place.name };
  });
  const renames = found.filter((one) => one !== undefined);
  for (const [index, { project, from, to }] of renames.entries())
    if (
      renames
        .slice(0, index)
        .some((one) => one.project === project && (one.from === from || one.to === to))
    )
      throw impossible(`${from}=${to}`);
  return renames;
}

function placeOf({ domains }: Desired, name: string) {
  for (const { project, machines } of domains)
    for (const machine of machines)
      if (machine.name === name) return { project, name: machine.instance };
  return undefined;
}

/** The machines that an earlier world knows under the names that they had then. */
export function renamesBack(desired: Desired, observed: Observed): Rename[] {
  const find = (project: string, name: string) =>
    observed.instances.find((one) => one.project === project && one.name === name);
  const declared = desired.domains.flatMap(({ project, machines }) =>
    machines.map(({ instance }) => ({ project, name: instance })),
  );
  const isDeclared = (live: Live) =>
    declared.some(({ project, name }) => project === live.project && name === live.name);
  return declared.flatMap(({ project, name }): Rename[] => {
    if (find(project, name)) return [];
    const [only, ...others] = observed.instances.filter(
      (live) =>
        live.project === project &&
        live.config[MARK.renamedFrom] === name &&
        live.config[MARK.project] === desired.projectName &&
        !isDeclared(live),
    );
    return only && others.length === 0 ? [{ project, from: only.name, to: name }] : [];
  });
}

/** What there is once the machines have their new names. */
export function afterRenames(observed: Observed, renames: readonly Rename[]): Observed {
  if (renames.length === 0) return observed;
  return {
    ...observed,
    instances: observed.instances.map((live) => {
      const rename = renames.find((one) => one.project === live.project && one.from === live.name);
      return rename ? { ...live, name: rename.to, status: 'Stopped' } : live;
    }),
  };
}

export function renameNotes(renames: readonly Rename[]): PlanNote[] {
  return renames.map(({ project, from, to }) => ({
    id: instanceId(project, to),
    code: 'renamed',
    text: {
      en: `'${from}' becomes '${to}': the same machine, stopped for it and started again.`,
      fr: `« ${from} » devient « ${to} » : la même machine, arrêtée pour cela puis redémarrée.`,
    },
  }));
}

/**
 * A machine that is new beside one that is no longer declared may be the same one, written otherwise. It is asked for;
 * where both would write into one volume, nothing is made before there is an answer.
 */
export function askForRenames(
  entries: Map<string, PlanEntry>,
  specs: ReadonlyMap<string, Spec>,
  leftovers: readonly Leftover[],
  observed: Observed,
): PlanNote[] {
  const made = [...entries.values()].flatMap((entry) => {
    const spec = specs.get(entry.id);
    return entry.kind === 'instance' && entry.action === 'create' && spec ? [spec] : [];
  });
  const left = leftovers.flatMap(({ id, kind, project, name }) => {
    const live = observed.instances.find((one) => one.project === project && one.name === name);
    return kind === 'instance' && live && entries.get(id)?.action !== 'delete' ? [live] : [];
  });
  const notes: PlanNote[] = [];
  for (const spec of made) {
    const alike = left.filter(
      (live) => live.project === spec.project && live.type === spec.wanted.type,
    );
    const sharing = alike.find((live) => volumeOfBoth(spec, live) !== undefined);
    if (sharing) {
      const question = ask(spec, sharing, volumeOfBoth(spec, sharing));
      entries.set(
        spec.id,
        refuse(spec, { code: question.code, reason: question.text, remedy: question.remedy }),
      );
      continue;
    }
    const rivals = made.filter(({ project }) => project === spec.project);
    const [only, ...others] = alike;
    if (only && others.length === 0 && rivals.length === 1)
      notes.push({ id: spec.id, ...ask(spec, only, undefined) });
  }
  return notes;
}

function volumeOfBoth({ wanted }: Spec, live: Live): string | undefined {
  const sources = (devices: Spec['wanted']['devices']) =>
    Object.values(devices ?? {}).flatMap(({ type, pool, source }) =>
      type === 'disk' && pool !== undefined && source !== undefined ? [`${pool}/${source}`] : [],
    );
  const held = new Set(sources(live.expanded_devices));
  return sources(wanted.devices).find((one) => held.has(one));
}

function ask({ name }: Spec, live: Live, volume: string | undefined) {
  const words = `${live.name}=${name}`;
  const both =
    volume === undefined
      ? { en: '', fr: '' }
      : { en: `, with the same volume ${volume}`, fr: `, avec le même volume ${volume}` };
  return {
    code: 'maybe-renamed',
    text: {
      en: `'${name}' is new and '${live.name}' is no longer declared${both.en}: is it the same machine under another name?`,
      fr: `« ${name} » est nouvelle et « ${live.name} » n'est plus déclarée${both.fr} : est-ce la même machine sous un autre nom ?`,
    },
    remedy: {
      en: `If it is: 'anklume up --rename ${words}'. If not: --no-rename makes another one beside it, --prune removes '${live.name}'.`,
      fr: `Si oui : « anklume up --rename ${words} ». Sinon : --no-rename en crée une autre à côté, --prune supprime « ${live.name} ».`,
    },
  };
}

function impossible(words: string): AnklumeError {
  return new AnklumeError({
    code: 'rename-impossible',
    exit: ExitCode.usage,
    message: {
      en: `No machine can be renamed by '${words}': OLD=NEW takes one that runs here and is no longer declared, and one that is declared in the same domain and does not exist yet.`,
      fr: `« ${words} » ne renomme aucune machine : ANCIEN=NOUVEAU prend une machine d'ici qui n'est plus déclarée, et une du même domaine qui est déclarée et n'existe pas encore.`,
    },
    remedy: {
      en: "'anklume plan' shows both: what is to be made, and what is no longer declared.",
      fr: "« anklume plan » montre les deux : ce qui sera créé, et ce qui n'est plus déclaré.",
    },
  });
}
