import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, type Text, step as told } from '../../../base/messages/index.ts';
import { makeFolders, writeAtomic } from '../../../base/system/index.ts';
import { inventoryOf } from './inventory.ts';
import { createMachine, removeMachine, type World } from './machines.ts';
import { type PlaybookResult, runPlaybook } from './playbook.ts';
import type { Scenario, Step } from './scenario.ts';

/** How one step went. */
export interface StepResult {
  readonly step: Step;
  readonly ok: boolean;
  /** How long it took. */
  readonly seconds: number;
  /** Tasks that changed something. */
  readonly changed: readonly string[];
  /** Why it failed. */
  readonly failure?: string;
}

/** How the test of one scenario went. Plain JSON. */
export interface ScenarioResult {
  readonly role: string;
  readonly scenario: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly steps: readonly StepResult[];
  /** File with every task of every step. */
  readonly log: string;
}

export interface ScenarioOptions extends World {
  readonly socket: string;
  readonly rolesPath: readonly string[];
  /** Folder for this scenario's inventory and Ansible's own files; it exists. */
  readonly scratch: string;
  readonly log: string;
  /** Leaves the machines for looking around in. */
  readonly keep: boolean;
}

const LABELS: Readonly<Record<Step, Text>> = {
  create: { en: 'create', fr: 'création' },
  prepare: { en: 'prepare', fr: 'préparation' },
  converge: { en: 'converge', fr: 'convergence' },
  idempotence: { en: 'converge again', fr: 'seconde convergence' },
  side_effect: { en: 'side effect', fr: 'effet de bord' },
  verify: { en: 'verify', fr: 'vérification' },
  destroy: { en: 'destroy', fr: 'destruction' },
};

/** Runs the steps of a scenario up to the first that fails; its machines are removed whatever happened. */
export async function runScenario(
  scenario: Scenario,
  options: ScenarioOptions,
): Promise<ScenarioResult> {
  const began = performance.now();
  const steps: StepResult[] = [];
  const pages: string[] = [];
  await makeFolders(options.scratch);
  await writeFile(join(options.scratch, 'inventory.yml'), inventoryOf(scenario));
  await writeFile(join(options.scratch, 'ready.yml'), READY);
  await writeFile(join(options.scratch, 'ansible.cfg'), '');
  const wanted = scenario.sequence.filter((step) => step !== 'destroy');
  try {
    for (const step of wanted) {
      const result = await runStep(step, scenario, options, pages);
      if (result) steps.push(result);
      if (result && !result.ok) break;
    }
  } finally {
    if (!options.keep) {
      const result = await runStep('destroy', scenario, options, pages);
      if (result) steps.push(result);
    }
    await writeAtomic(options.log, `${pages.join('\n\n')}\n`);
    await rm(options.scratch, { recursive: true, force: true });
  }
  return {
    role: scenario.role,
    scenario: scenario.name,
    ok: steps.every(({ ok }) => ok),
    seconds: seconds(began),
    steps,
    log: options.log,
  };
}

/** Waits for the machine and sees to Python, as every run of ours does before the roles. */
const READY = `- hosts: all
  gather_facts: false
  roles: [machine_ready]
`;

/** One step, told as it goes. Undefined when the scenario has nothing to do there. */
async function runStep(
  step: Step,
  scenario: Scenario,
  options: ScenarioOptions,
  pages: string[],
): Promise<StepResult | undefined> {
  const began = performance.now();
  const id = `role:${scenario.role}/${scenario.name}/${step}`;
  const { en, fr } = LABELS[step];
  const of = `${scenario.role}/${scenario.name}`;
  const label = { en: `${of}: ${en}`, fr: `${of} : ${fr}` };
  let changed: readonly string[] = [];
  try {
    await told(options.emit, { id, label }, async () => {
      if (step === 'create') return forEachPlatform(scenario, options, createMachine);
      if (step === 'destroy') return forEachPlatform(scenario, options, removeMachine);
      for (const file of playbooksOf(step, scenario, options)) {
        const result = await playbook(file, id, options);
        changed = [...changed, ...result.changed];
        pages.push(`== ${step}: ${file}\n${result.log}`);
        if (!result.ok) throw stepFailed(result);
        if (step === 'idempotence' && changed.length > 0) throw notIdempotent(changed);
      }
    });
    return { step, ok: true, seconds: seconds(began), changed };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof AnklumeError)) throw error;
    return { step, ok: false, seconds: seconds(began), changed, failure: error.text.en };
  }
}

async function forEachPlatform(
  scenario: Scenario,
  world: World,
  work: (
    world: World,
    scenario: Scenario,
    platform: Scenario['platforms'][number],
  ) => Promise<void>,
): Promise<void> {
  await Promise.all(scenario.platforms.map((platform) => work(world, scenario, platform)));
}

/** The playbooks of a step. Only preparing and side effects may be left out. */
function playbooksOf(step: Step, { folder }: Scenario, { scratch }: ScenarioOptions): string[] {
  const name = step === 'idempotence' ? 'converge' : step;
  const file = join(folder, `${name}.yml`);
  if (existsSync(file)) return step === 'prepare' ? [join(scratch, 'ready.yml'), file] : [file];
  if (step === 'prepare') return [join(scratch, 'ready.yml')];
  if (step === 'side_effect') return [];
  throw new AnklumeError({
    code: 'role-test-incomplete',
    message: { en: `${file} is missing.`, fr: `${file} est absent.` },
  });
}

function playbook(file: string, id: string, options: ScenarioOptions): Promise<PlaybookResult> {
  const { scratch, rolesPath, socket, signal, emit } = options;
  return runPlaybook({
    file,
    inventory: join(scratch, 'inventory.yml'),
    rolesPath,
    reach: { socket },
    scratch,
    ...(signal && { signal }),
    onTask: (name) => emit({ type: 'step.progress', id, text: { en: name, fr: name } }),
  });
}

function stepFailed({ failure }: PlaybookResult): AnklumeError {
  return new AnklumeError({ code: 'role-step-failed', message: { en: failure, fr: failure } });
}

function notIdempotent(changed: readonly string[]): AnklumeError {
  const names = changed.join(', ');
  return new AnklumeError({
    code: 'role-not-idempotent',
    message: {
      en: `The second run changed something: ${names}`,
      fr: `La seconde exécution a changé quelque chose : ${names}`,
    },
  });
}

function seconds(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
