import { AnklumeError, ExitCode, step, type Text } from '../../base/messages/index.ts';
import { awaitedOf, MARK, waitForAddresses } from '../../engine/index.ts';
import { startMachine } from '../../repair/index.ts';
import type { Daemon, World } from '../../site/index.ts';
import {
  type Applying,
  applyWorld,
  endingOf,
  type Provisioning,
  provisionMachines,
} from '../apply/index.ts';
import { type DeclaredMachine, declaredMachine, findTemplate, undeclared } from './find.ts';
import { keepPristine, pristineOf } from './pristine.ts';

/** What became of a machine that is to be a template. */
export interface TemplateMade {
  readonly machine: string;
  readonly domain: string;
  readonly project: string;
  readonly instance: string;
  /** When the state was kept that machines begin with. */
  readonly version: string;
  /** False where it was one already and nothing has changed in it. */
  readonly made: boolean;
  /** Absent where it has no roles, or nothing was to be done. */
  readonly provision?: Provisioning;
}

/** Seconds that a template may take to end by itself: what it has begun to write belongs to its state. */
const STOP_SECONDS = 60;

/**
 * Makes a declared machine a template: created and provisioned where that is still to be done, stopped, its state kept.
 * One that is a template already is left as it is. `confirm` is asked before a machine that runs is stopped.
 * To be called within `alone`.
 */
export async function createTemplate(
  world: World,
  daemon: Daemon,
  word: string,
  confirm: (machine: string) => Promise<void>,
  listening: Applying,
): Promise<TemplateMade> {
  const declared = declaredMachine(world, word);
  if (!declared) throw undeclared(word);
  const { domain, machine } = declared;
  if (machine.type === 'vm') throw needsContainer(machine.name);
  const { incus } = daemon;
  const place = { project: domain.project, instance: machine.instance };
  const live = (await incus.instances.list()).find(
    ({ project, name }) => project === place.project && name === place.instance,
  );
  const isTemplate = live?.config[MARK.template] === 'true';
  const pristine = isTemplate ? await pristineOf(incus, place) : undefined;
  if (pristine) return { ...named(declared), version: pristine.created_at, made: false };
  if (live && !isTemplate && live.status !== 'Stopped') await confirm(machine.name);
  return finish(world, daemon, declared, isTemplate, listening);
}

/**
 * Brings a template up to date: its roles once more, over whatever was changed in it, and its state kept anew. Nothing
 * is kept where nothing was changed since the last time.
 */
export async function updateTemplate(
  world: World,
  daemon: Daemon,
  word: string,
  listening: Applying,
): Promise<TemplateMade> {
  const { incus } = daemon;
  const { live, place, pristine } = await findTemplate(
    world,
    daemon,
    word,
    await incus.instances.list(),
  );
  const declared = declaredMachine(world, live.config[MARK.machine] ?? live.name);
  if (!declared) throw undeclared(word);
  // Whoever worked in it since may have changed anything.
  const known = [pristine.created_at, live.config[SEEN] ?? ''];
  const used =
    live.status !== 'Stopped' || known.every((time) => !isLater(time, live.last_used_at));
  const unlessChanged = used ? undefined : pristine.created_at;
  const ref = { name: place.instance, project: place.project };
  await startMachine(incus, ref, { host: daemon.host, emit: listening.emit });
  return finish(world, daemon, declared, true, listening, unlessChanged);
}

/** On a template whose state stayed after an update: when it ran for that, which is no use by anybody. */
const SEEN = 'user.anklume.template.seen';

function isLater(one: string, other: string | undefined): boolean {
  return Date.parse(one) >= Date.parse(other ?? '');
}

/** `version` is that of a state that stays where the roles have nothing to do. */
async function finish(
  world: World,
  daemon: Daemon,
  declared: DeclaredMachine,
  isTemplate: boolean,
  listening: Applying,
  version?: string,
): Promise<TemplateMade> {
  const { incus, host } = daemon;
  const { name, instance } = declared.machine;
  const { project } = declared.domain;
  const repairs = { host, emit: listening.emit };
  if (isTemplate) await startMachine(incus, { name: instance, project }, repairs);
  const applied = await applyWorld(world, daemon, { limit: name }, listening);
  const failed = applied.report.outcomes.find(({ result }) => result !== 'done');
  if (failed) throw notReady(name, failed.message);
  const config = { [MARK.template]: 'true' };
  await incus.instances.patch(instance, { config }, { project });
  const awaited = awaitedOf(world.desired).filter((one) => one.name === name);
  const [late] = (await waitForAddresses(incus, awaited, listening)).filter(({ ready }) => !ready);
  if (late) throw notReady(name, late.reason);
  const provision = await provisionMachines(world, daemon, { limit: name }, listening, applied);
  if (endingOf(provision) !== ExitCode.done) throw notProvisioned(name, provision);
  const label = { en: `Stop ${name}`, fr: `Arrêter ${name}` };
  await step(listening.emit, { id: `template:stop:${name}`, label }, () =>
    incus.instances.setState(instance, 'stop', { project, timeoutSeconds: STOP_SECONDS }),
  );
  const made = { ...named(declared), ...(provision && { provision }) };
  const changed = applied.report.done > 0 || (provision?.done && provision.changed > 0);
  if (version !== undefined && !changed) {
    const { value } = await incus.instances.get(instance, { project });
    const seen = { [SEEN]: value.last_used_at ?? '' };
    await incus.instances.patch(instance, { config: seen }, { project });
    return { ...made, version, made: false };
  }
  const keep = { en: `Keep the state of ${name}`, fr: `Conserver l'état de ${name}` };
  const kept = await step(listening.emit, { id: `template:keep:${name}`, label: keep }, () =>
    keepPristine(incus, { project, instance }, repairs),
  );
  return { ...made, version: kept, made: true };
}

function named({ domain, machine }: DeclaredMachine) {
  return {
    machine: machine.name,
    domain: domain.name,
    project: domain.project,
    instance: machine.instance,
  };
}

function needsContainer(machine: string): AnklumeError {
  return new AnklumeError({
    code: 'template-vm',
    exit: ExitCode.usage,
    message: {
      en: `'${machine}' is a virtual machine. Templates are containers: nothing can be taken out of the disk of a virtual machine that does not run.`,
      fr: `« ${machine} » est une machine virtuelle. Les modèles sont des conteneurs : rien ne peut être retiré du disque d'une machine virtuelle à l'arrêt.`,
    },
    remedy: {
      en: 'Declare it with type: lxc, or publish the virtual machine yourself: anklume incus -- publish.',
      fr: 'Déclarez-la avec type: lxc, ou publiez vous-même la machine virtuelle : anklume incus -- publish.',
    },
  });
}

function notReady(machine: string, why: Text | undefined): AnklumeError {
  return new AnklumeError({
    code: 'template-not-made',
    message: {
      en: `'${machine}' could not be brought up${why ? `: ${why.en}` : '.'}`,
      fr: `« ${machine} » n'a pas pu démarrer${why ? ` : ${why.fr}` : '.'}`,
    },
    remedy: again(machine),
  });
}

function notProvisioned(machine: string, provision: Provisioning | undefined): AnklumeError {
  const why =
    provision?.done === false
      ? provision.failure.message
      : provision?.machines.find(({ failure }) => failure)?.failure?.message;
  return new AnklumeError({
    code: 'template-not-made',
    message: {
      en: `The roles of '${machine}' failed, so its state was not kept${why ? `: ${why.en}` : '.'}`,
      fr: `Les rôles de « ${machine} » ont échoué, son état n'a donc pas été conservé${why ? ` : ${why.fr}` : '.'}`,
    },
    remedy: again(machine),
  });
}

function again(machine: string): Text {
  return {
    en: `It is left running. Fix this, then: anklume golden create ${machine}, or golden update.`,
    fr: `Elle est laissée en marche. Réglez cela, puis : anklume golden create ${machine}, ou golden update.`,
  };
}
