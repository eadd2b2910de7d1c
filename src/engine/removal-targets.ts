import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import type { Desired } from '../world/tree/index.ts';
import { ASIDE_PROJECT, MARK } from './marks.ts';
import type { Observed } from './observed.ts';
import { findLeftovers } from './orphans.ts';
import { instanceId } from './resources/instance-spec.ts';
import { declaredSpecs, specsOf } from './specs.ts';

export type Live = Observed['instances'][number];

/** A machine that is to be removed: a declared one that may be absent, or one that only the daemon knows. */
export interface Removable {
  /** Name in infra.yml, or in Incus where nothing declares it. */
  readonly machine: string;
  readonly domain: string;
  readonly project: string;
  /** Name in Incus. */
  readonly instance: string;
  readonly declared: boolean;
  readonly running: boolean;
  /** Custom volumes of the machine: data that stays where it is. */
  readonly volumes: readonly string[];
}

/** The same with what decides whether it may go. */
export interface Target extends Removable {
  readonly live?: Live;
  /** Declared with `ephemeral: false`. */
  readonly guarded: boolean;
}

/** All machines of this infrastructure that nothing declares any more. */
export function orphanTargets(desired: Desired, observed: Observed): Target[] {
  const specs = declaredSpecs(specsOf(desired, observed).all, desired);
  const all = { domains: [], covers: () => true };
  const ids = new Set(findLeftovers(desired.projectName, observed, specs, all).map(({ id }) => id));
  return observed.instances
    .filter((live) => ids.has(instanceId(live.project, live.name)))
    .map((live) => undeclared(live, observed, desired.projectName));
}

/** The machines that words name, each once. Throws `unknown-machine` and the like (exit 2). */
export function namedTargets(
  desired: Desired,
  observed: Observed,
  words: readonly string[],
): Target[] {
  const found = new Map<string, Target>();
  for (const word of words)
    for (const target of targetsOf(desired, observed, word))
      found.set(`${target.project}/${target.live?.name ?? target.instance}`, target);
  return [...found.values()];
}

function targetsOf(desired: Desired, observed: Observed, word: string): Target[] {
  const { projectName } = desired;
  for (const { name: domain, project, machines } of desired.domains) {
    const one = machines.find(({ name, instance }) =>
      [name, instance, `${project}/${instance}`].includes(word),
    );
    if (!one) continue;
    const lives = observed.instances.filter(
      (live) =>
        (live.project === project && live.name === one.instance) ||
        // Under another name: left on its way out by a run that was cut off.
        (isOnItsWayOut(live, projectName) &&
          live.config[MARK.domain] === domain &&
          live.config[MARK.machine] === one.name),
    );
    const target = {
      machine: one.name,
      domain,
      project,
      instance: one.instance,
      declared: true,
      guarded: !one.ephemeral,
      running: false,
      volumes: volumesOf(observed, projectName, domain, one.name),
    };
    if (observed.unreadable.some((it) => it.project === project && it.name === one.instance))
      throw unreadable(one.name);
    return lives.length === 0
      ? [target]
      : lives.map((live) => ({ ...target, live, running: runs(live) }));
  }
  return [undeclaredNamed(desired, observed, word)];
}

/** A machine that only the daemon knows; ours before those of others, which are refused later. */
function undeclaredNamed(desired: Desired, observed: Observed, word: string): Target {
  const candidates = observed.instances.filter(
    (live) =>
      live.project !== ASIDE_PROJECT &&
      [live.name, live.config[MARK.machine], `${live.project}/${live.name}`].includes(word),
  );
  const ours = candidates.filter((live) => isOurs(live, desired.projectName));
  const [live, another] = ours.length > 0 ? ours : candidates;
  if (live && !another) return undeclared(live, observed, desired.projectName);
  throw live ? ambiguous(word, candidates) : unknown(word, desired);
}

function undeclared(live: Live, observed: Observed, projectName: string): Target {
  const domain = live.config[MARK.domain] ?? live.project;
  const machine = live.config[MARK.machine] ?? live.name;
  return {
    machine,
    domain,
    project: live.project,
    instance: live.name,
    declared: false,
    guarded: false,
    running: runs(live),
    volumes: volumesOf(observed, projectName, domain, machine),
    live,
  };
}

function runs({ status }: Live): boolean {
  return status !== 'Stopped';
}

/** A run that was cut off had begun to put it aside. */
export function isOnItsWayOut(live: Live, projectName: string): boolean {
  return live.project !== ASIDE_PROJECT && live.config[MARK.asideOf] === projectName;
}

export function isOurs(live: Live, projectName: string): boolean {
  return live.config[MARK.project] === projectName || isOnItsWayOut(live, projectName);
}

function volumesOf(observed: Observed, projectName: string, domain: string, machine: string) {
  return observed.volumes
    .filter(
      ({ config }) =>
        config[MARK.project] === projectName &&
        config[MARK.domain] === domain &&
        config[MARK.machine] === machine,
    )
    .map(({ name }) => name);
}

function ambiguous(word: string, lives: readonly Live[]): AnklumeError {
  const places = lives.map(({ project, name }) => `${project}/${name}`).join(', ');
  return new AnklumeError({
    code: 'ambiguous-machine',
    exit: ExitCode.usage,
    message: {
      en: `Several machines are called '${word}': ${places}.`,
      fr: `Plusieurs machines s'appellent « ${word} » : ${places}.`,
    },
    remedy: {
      en: 'Name one of them as PROJECT/NAME.',
      fr: "Nommez l'une d'elles sous la forme PROJET/NOM.",
    },
  });
}

function unknown(word: string, desired: Desired): AnklumeError {
  const domain = desired.domains.find(({ name }) => name === word);
  const machines = (domain ? [domain] : desired.domains).flatMap((one) => one.machines);
  const names = machines.map(({ name }) => name).join(', ');
  return new AnklumeError({
    code: domain ? 'not-a-machine' : 'unknown-machine',
    exit: ExitCode.usage,
    message: domain
      ? {
          en: `'${word}' is a domain, and machines are removed by their own names.`,
          fr: `« ${word} » est un domaine, et les machines se suppriment par leur propre nom.`,
        }
      : {
          en: `No machine is called '${word}', neither in infra.yml nor in Incus.`,
          fr: `Aucune machine ne s'appelle « ${word} », ni dans infra.yml ni dans Incus.`,
        },
    remedy: { en: `Machines: ${names || 'none'}.`, fr: `Machines : ${names || 'aucune'}.` },
  });
}

function unreadable(name: string): AnklumeError {
  return new AnklumeError({
    code: 'machine-unreadable',
    message: {
      en: `The daemon cannot read '${name}' now (a member of its cluster does not answer). Nothing was changed.`,
      fr: `Le démon ne peut pas lire « ${name} » pour l'instant (un membre de sa grappe ne répond pas). Rien n'a été modifié.`,
    },
  });
}
