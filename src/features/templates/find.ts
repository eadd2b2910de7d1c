import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { MARK } from '../../engine/index.ts';
import type { Instance, Snapshot } from '../../incus/index.ts';
import type { Daemon, World } from '../../site/index.ts';
import { type DesiredDomain, type DesiredMachine, findMachine } from '../../world/tree/index.ts';
import { PRISTINE, pristineOf } from './pristine.ts';
import { templatesAmong } from './survey.ts';

/** A machine of the tree with its domain. */
export interface DeclaredMachine {
  readonly domain: DesiredDomain;
  readonly machine: DesiredMachine;
}

export function declaredMachine({ desired }: World, word: string): DeclaredMachine | undefined {
  return findMachine(desired.domains, word);
}

/** A template that has a state to derive from. */
export interface FoundTemplate {
  readonly live: Instance;
  readonly place: { readonly project: string; readonly instance: string };
  readonly pristine: Snapshot;
}

/** The template of this name, finished or not. Throws `template-unknown` (exit 2). */
export function templateNamed(
  { desired }: World,
  word: string,
  instances: readonly Instance[],
): Instance {
  const all = templatesAmong(instances, desired.projectName);
  const live = all.find(({ name, config }) => name === word || config[MARK.machine] === word);
  if (live) return live;
  throw unknown(
    word,
    all.map(({ name, config }) => config[MARK.machine] ?? name),
  );
}

/** The same with its state. Throws `template-unfinished` where none was kept. */
export async function findTemplate(
  world: World,
  { incus }: Daemon,
  word: string,
  instances: readonly Instance[],
): Promise<FoundTemplate> {
  const live = templateNamed(world, word, instances);
  const place = { project: live.project, instance: live.name };
  const pristine = await pristineOf(incus, place);
  if (!pristine) throw unfinished(word);
  return { live, place, pristine };
}

function unknown(word: string, known: readonly string[]): AnklumeError {
  const list = known.join(', ');
  return new AnklumeError({
    code: 'template-unknown',
    exit: ExitCode.usage,
    message: {
      en: `'${word}' is not a golden template of this infrastructure.`,
      fr: `« ${word} » n'est pas un modèle (golden) de cette infrastructure.`,
    },
    remedy:
      known.length > 0
        ? { en: `Templates: ${list}.`, fr: `Modèles : ${list}.` }
        : {
            en: `'anklume golden create ${word}' makes one of a machine of infra.yml.`,
            fr: `« anklume golden create ${word} » en fait un d'une machine d'infra.yml.`,
          },
  });
}

function unfinished(word: string): AnklumeError {
  return new AnklumeError({
    code: 'template-unfinished',
    message: {
      en: `The template '${word}' has no snapshot '${PRISTINE}': its creation was cut short, or the snapshot was removed.`,
      fr: `Le modèle « ${word} » n'a pas d'instantané « ${PRISTINE} » : sa création a été interrompue, ou l'instantané supprimé.`,
    },
    remedy: {
      en: `'anklume golden create ${word}' goes on from there.`,
      fr: `« anklume golden create ${word} » reprend à partir de là.`,
    },
  });
}

/** Machines with this name that are not declared cannot become templates. */
export function undeclared(word: string): AnklumeError {
  return new AnklumeError({
    code: 'unknown-machine',
    exit: ExitCode.usage,
    message: {
      en: `infra.yml declares no machine '${word}'.`,
      fr: `infra.yml ne déclare pas de machine « ${word} ».`,
    },
    remedy: {
      en: "Declare it with its roles, 'anklume sync', then make it a template.",
      fr: 'Déclarez-la avec ses rôles, « anklume sync », puis faites-en un modèle.',
    },
  });
}
