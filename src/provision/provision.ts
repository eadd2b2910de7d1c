import { type Emit, silent } from '../base/messages/index.ts';
import { printable, run } from '../base/system/index.ts';
import {
  type AnsibleReach,
  ansibleCommand,
  findAnsible,
  type Program,
  type Tags,
} from './ansible.ts';
import { ansibleFailed, interrupted, rolesNotFound } from './errors.ts';
import { parseEvent } from './events.ts';
import { type Log, logLines, openLog } from './log.ts';
import type { Provisionable } from './machines.ts';
import { requirePlaybook } from './playbook.ts';
import { linkProduct } from './product-link.ts';
import { type MachineOutcome, type ProvisionReport, Tally } from './report.ts';
import { knownRoles, missingRoles } from './roles.ts';
import { Steps } from './steps.ts';
import { fetchVendorRoles } from './vendor.ts';

export type { AnsibleReach } from './ansible.ts';

export interface ProvisionChoices extends Tags {
  /** Folder of the project, with site.yml and ansible.cfg. */
  readonly root: string;
  readonly reach: AnsibleReach;
  readonly emit?: Emit;
  readonly signal?: AbortSignal;
}

/**
 * Gives machines that are there their roles, all of them in one run of Ansible. A machine that fails holds up no other.
 * Throws `playbook-not-ours`
 * (exit 2), `ansible-missing` (exit 4), `ansible-failed` when the playbook itself cannot run, `interrupted`.
 */
export async function provision(
  machines: readonly Provisionable[],
  choices: ProvisionChoices,
): Promise<ProvisionReport> {
  const started = performance.now();
  await requirePlaybook(choices.root);
  const program = await findAnsible();
  await fetchVendorRoles(choices.root, machines, choices);
  const known = await knownRoles(choices.root);
  const steps = new Steps(machines, choices.emit ?? silent);
  const lacking = machines.flatMap((machine) => {
    const roles = missingRoles(machine, known);
    return roles.length > 0 ? [outcomeWithout(machine, roles)] : [];
  });
  for (const outcome of lacking) steps.ended(outcome);
  const able = machines.filter(({ name }) => !lacking.some(({ machine }) => machine === name));
  if (able.length === 0) return reportOf(lacking, started);
  await linkProduct(choices.root);
  const log = await openLog();
  const tally = await runAnsible(program, able, choices, steps, log)
    .catch((error: unknown) => {
      steps.abandon();
      throw error;
    })
    .finally(async () => tellIncomplete(log.path, await log.close(), choices.emit ?? silent));
  const outcomes = able.map((machine) => tally.outcomeOf(machine));
  for (const outcome of outcomes) steps.ended(outcome);
  return { ...reportOf([...outcomes, ...lacking], started), log: log.path };
}

async function runAnsible(
  program: Program,
  machines: readonly Provisionable[],
  choices: ProvisionChoices,
  steps: Steps,
  log: Log,
): Promise<Tally> {
  const { root, reach, signal } = choices;
  const tally = new Tally();
  const names = machines.map(({ name }) => name);
  const { argv, env } = ansibleCommand(program, root, names, choices, reach);
  log.write(`$ ${argv.join(' ')}`);
  const result = await run(argv, {
    cwd: root,
    env,
    // How machines fared is in the events.
    accept: [1, 2, 3, 4, 5, 99, 250],
    killSignal: 'SIGINT',
    ...(signal && { signal }),
    onOutputLine: (line) => {
      const event = parseEvent(line);
      if (!event) return log.write(line);
      tally.add(event);
      steps.follow(event);
      for (const text of logLines(event)) log.write(text);
    },
    onErrorLine: (line) => log.write(line),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw interrupted();
    throw error;
  });
  if (!tally.isComplete) throw ansibleFailed(result.stderr || result.stdout, log.path);
  return tally;
}

function tellIncomplete(path: string, broken: NodeJS.ErrnoException | undefined, emit: Emit): void {
  if (!broken) return;
  const [shown, code] = [printable(path), broken.code ?? '?'];
  emit({
    type: 'note',
    level: 'warning',
    code: 'log-incomplete',
    text: {
      en: `The log ${shown} is incomplete: it could not be written to its end (${code}).`,
      fr: `Le journal ${shown} est incomplet : il n'a pas pu être écrit jusqu'au bout (${code}).`,
    },
  });
}

function outcomeWithout({ name, domain }: Provisionable, roles: readonly string[]): MachineOutcome {
  const message = rolesNotFound(roles);
  const counts = { ok: 0, changed: 0, failed: 1, skipped: 0 };
  const failure = { task: '', role: roles[0] ?? '', message };
  return { machine: name, domain, result: 'failed', ...counts, failure };
}

function reportOf(machines: readonly MachineOutcome[], started: number): ProvisionReport {
  return {
    machines,
    changed: machines.reduce((sum, { changed }) => sum + changed, 0),
    failed: machines.filter(({ result }) => result !== 'done').length,
    seconds: (performance.now() - started) / 1000,
  };
}
