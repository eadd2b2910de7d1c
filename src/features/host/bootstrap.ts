import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AnklumeError, ExitCode, type Note, type Problem } from '../../base/messages/index.ts';
import { aptMirrors, printable, productRoot, readIfExists, run } from '../../base/system/index.ts';
import { loadInfra } from '../../world/infra/index.ts';
import type { Answers } from './answers.ts';
import { contradictions } from './answers.ts';
import type { Work } from './changes/handler.ts';
import { plannedFor } from './changes/packages.ts';
import { type Choices, DEFAULTS } from './choices.ts';
import type { Facts } from './facts.ts';
import { infraText } from './infra-text.ts';
import { readLedger } from './ledger.ts';
import { MANAGERS } from './managers.ts';
import { pending, perform } from './perform.ts';
import { planBootstrap } from './plan.ts';
import { refusals } from './refusals.ts';
import type { Step } from './step.ts';

const BASE_SUBNET = '10.100';

/** What would be done on this host, and what stands in the way of it. */
export interface Bootstrap {
  readonly steps: readonly Step[];
  readonly packages: readonly string[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
}

/** Looks and decides; changes nothing. */
export async function planHost(facts: Facts, answers: Answers, cwd: string): Promise<Bootstrap> {
  const { base_subnet, ...chosen } = answers;
  const choices: Choices = {
    ...DEFAULTS,
    ...chosen,
    project: resolve(cwd, chosen.project ?? DEFAULTS.project),
  };
  const problems = [
    ...contradictions(answers, () => undefined),
    ...(await refusalsOf(facts, choices, answers)),
    ...(await absentUser(choices.admin)),
  ];
  if (problems.length > 0) return { steps: [], packages: [], problems, notes: [] };
  const infra = await infraFor(facts, choices, cwd, base_subnet ?? BASE_SUBNET);
  const { steps, notes } = planBootstrap(facts, choices, {
    launcher: await launcherOf(productRoot()),
    ...(facts.system.id === 'debian' && { mirror: (await aptMirrors()).main }),
    ...(infra !== undefined && { infra }),
  });
  const open = await pending(steps);
  return { steps: open, packages: await packagesOf(open), problems, notes };
}

/** Does what was planned. Nothing is begun where the packages cannot be had. */
export async function bootstrap(steps: readonly Step[], work: Work): Promise<void> {
  for (const step of steps)
    if (step.kind === 'packages') {
      const { update, env } = MANAGERS[step.manager];
      await run(update, { env, ...(work.signal && { signal: work.signal }) }).catch(noPackages);
    }
  await perform(steps, work);
}

async function absentUser(admin: string | undefined): Promise<Problem[]> {
  if (admin === undefined) return [];
  const { code } = await run(['getent', 'passwd', '--', admin], { accept: [0, 2] });
  if (code === 0) return [];
  return [
    {
      code: 'answers-no-such-user',
      severity: 'error',
      path: ['admin'],
      message: {
        en: `There is no user '${printable(admin)}' on this host.`,
        fr: `Il n'y a pas d'utilisateur « ${printable(admin)} » sur cet hôte.`,
      },
    },
  ];
}

async function refusalsOf(facts: Facts, choices: Choices, { base_subnet }: Answers) {
  const { entries } = await readLedger();
  const ours = entries.some(({ name }) => name === 'pool:default' || /^packages:incus/.test(name));
  const own = await readIfExists(join(choices.project, 'infra.yml'));
  const isFresh = own === undefined && choices.infra === undefined;
  const made = entries.some(({ change }) => change.kind === 'world');
  // A run of ours that was killed while packages were installed left them half done: this one goes on there.
  const cut = entries.some(({ state, change }) => state === 'begun' && change.kind === 'packages');
  const { packagesBroken: _, ...sound } = facts;
  return refusals(cut ? sound : facts, choices, {
    ours,
    ...(isFresh && !made && { baseSubnet: base_subnet ?? BASE_SUBNET }),
  });
}

/** The text of infra.yml; undefined where the folder has one. Throws `infra-invalid` (exit 2) for one that is wrong. */
async function infraFor(
  { gpus, memoryBytes, cpus }: Facts,
  choices: Choices,
  cwd: string,
  baseSubnet: string,
): Promise<string | undefined> {
  if (await readIfExists(join(choices.project, 'infra.yml'))) return undefined;
  if (choices.infra === undefined)
    return infraText(choices, { name: 'my-infra', baseSubnet, gpu: gpus.length > 0 });
  const path = resolve(cwd, choices.infra);
  const nesting = { relativeLevel: 0, vmNested: false, yolo: choices.yolo };
  const { infra, problems } = await loadInfra(path, { nesting, host: { memoryBytes, cpus } });
  if (infra) return readFile(path, 'utf8');
  throw new AnklumeError({
    code: 'infra-invalid',
    exit: ExitCode.usage,
    problems,
    message: {
      en: 'The infra.yml of the answers has errors. Nothing was changed.',
      fr: "L'infra.yml des réponses comporte des erreurs. Rien n'a été modifié.",
    },
  });
}

/** A clone has a launcher that builds it; of an installed program there is the program alone. */
async function launcherOf(root: string): Promise<string> {
  const launcher = join(root, 'anklume');
  return (await readIfExists(launcher)) ? launcher : join(root, 'dist', 'main.js');
}

/** Empty before the sources of packages are there that the plan adds. */
async function packagesOf(steps: readonly Step[]): Promise<readonly string[]> {
  for (const step of steps)
    if (step.kind === 'packages') return plannedFor(step.manager, step.names).catch(() => []);
  return [];
}

function noPackages(cause: unknown): never {
  throw new AnklumeError({
    code: 'host-no-packages',
    exit: ExitCode.environment,
    cause,
    message: {
      en: `The sources of packages do not answer. Nothing was changed. ${cause instanceof Error ? cause.message : ''}`.trim(),
      fr: `Les sources de paquets ne répondent pas. Rien n'a été modifié. ${cause instanceof Error ? cause.message : ''}`.trim(),
    },
    remedy: {
      en: 'Look at the network and at the sources, then run the same command again.',
      fr: 'Vérifiez le réseau et les sources, puis relancez la même commande.',
    },
  });
}
