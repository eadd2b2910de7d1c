import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AnklumeError, ExitCode, silent, type Text } from '../../../base/messages/index.ts';
import { acquireLock, cloneRoot, type Host } from '../../../base/system/index.ts';
import type { Incus } from '../../../incus/index.ts';
import type { AnsibleReach } from '../../../provision/index.ts';
import { type InstallOptions, startSandbox } from '../../../sandbox/index.ts';
import { requireAnsible } from '../roles/ansible.ts';
import type { ScenarioResult } from '../roles/run-scenario.ts';
import { chosenScenarios } from '../roles/scenario.ts';
import { ROLE_SANDBOX } from '../roles/test-roles.ts';
import { furnishRunner } from './furnish.ts';
import { chooseKind, type Kind, type Wish } from './kind.ts';
import { findRunner, type Ground, makeRunner, removeRunner } from './objects.ts';
import { RUNNER } from './place.ts';
import { resultsFolder, runInside } from './run-inside.ts';

/** The daemon that the runner stands on. */
export interface RunnerDaemon {
  readonly incus: Incus;
  readonly reach: AnsibleReach;
  /** Where it runs; absent for a remote. */
  readonly host?: Host;
  /** Its name where it is an embedded sandbox. */
  readonly sandbox?: string;
  readonly where: string;
}

export interface RunnerOptions extends InstallOptions {
  readonly wish?: Wish;
  /** Default: images:debian/13. One that has the packages of the role already saves minutes. */
  readonly image?: string;
}

/** The runner, and how it came about. Plain JSON. */
export interface RunnerReport {
  readonly project: string;
  readonly machine: string;
  readonly kind: 'container' | 'vm';
  readonly created: boolean;
  /** Why it is no virtual machine, where nobody asked for a container. */
  readonly why?: Text;
}

const IMAGE = 'images:debian/13';

/** Makes the runner, or brings the one that is there up to date with this repository. */
export async function createRunner(
  daemon: RunnerDaemon,
  options: RunnerOptions = {},
): Promise<RunnerReport> {
  await using _lock = await lock(daemon, options);
  return ensure(daemon, options);
}

/** Removes everything of the runner. Gives whether there was anything. */
export async function destroyRunner(
  daemon: RunnerDaemon,
  options: InstallOptions = {},
): Promise<boolean> {
  await using _lock = await lock(daemon, options);
  return removeRunner(groundOf(daemon, options));
}

export interface SandboxedOptions extends RunnerOptions {
  /** Removes the runner afterwards, whatever happened. */
  readonly destroy?: boolean;
  /** Told of the runner before the tests begin. */
  readonly onRunner?: (runner: RunnerReport) => void;
}

/** The runner and what the tests in it gave. */
export interface SandboxedReport {
  readonly runner: RunnerReport;
  readonly results: readonly ScenarioResult[];
  /** Folder with a file for each result. */
  readonly folder: string;
  readonly destroyed: boolean;
}

/** Runs the tests of roles in the runner, which is made or reused. Words as for `testRoles`; without, all roles. */
export async function testSandboxed(
  daemon: RunnerDaemon,
  names: readonly string[],
  options: SandboxedOptions = {},
): Promise<SandboxedReport> {
  // A wrong word is told before anything is made.
  const folder = join(cloneRoot(), 'roles');
  await Promise.all(names.map((name) => chosenScenarios(folder, name)));
  await using _lock = await lock(daemon, options);
  await rm(resultsFolder(), { recursive: true, force: true });
  try {
    const runner = await ensure(daemon, options);
    options.onRunner?.(runner);
    const which = names.length > 0 ? [names.join(',')] : ['--all'];
    const words = ['dev', 'test-role', ...which, '--yes', '--json'];
    const results = await runInside(groundOf(daemon, options), words, ROLE_SANDBOX);
    return { runner, results, folder: resultsFolder(), destroyed: options.destroy ?? false };
  } finally {
    const { signal: _signal, ...unhurried } = options;
    if (options.destroy) await removeRunner(groundOf(daemon, unhurried));
  }
}

async function ensure(daemon: RunnerDaemon, options: RunnerOptions): Promise<RunnerReport> {
  const { wish, image = IMAGE } = options;
  await requireAnsible(options);
  // The runner installs packages.
  if (daemon.sandbox !== undefined)
    await startSandbox(daemon.sandbox, { ...quiet(options), uplink: true });
  const ground = groundOf(daemon, options);
  const existing = await findRunner(ground);
  if (existing && wish && nameOf(existing) !== wish) throw otherKind(nameOf(existing));
  const chosen = await kindFor(daemon, wish);
  const kind = existing && existing.type !== chosen.type ? { type: existing.type } : chosen;
  await makeRunner(ground, kind, image);
  await furnishRunner(ground, daemon.reach);
  return {
    project: RUNNER.project,
    machine: RUNNER.instance,
    kind: nameOf(kind),
    created: existing === undefined,
    ...(kind.why && { why: kind.why }),
  };
}

async function kindFor({ incus }: RunnerDaemon, wish: Wish): Promise<Kind> {
  const { environment } = await incus.server();
  const warnings = await incus.warnings();
  const about = warnings.find(({ type }) => type === 'Instance type not operational');
  const untrustedReason = about?.last_message;
  return chooseKind(wish, { drivers: environment.driver, untrustedReason });
}

function nameOf({ type }: Pick<Kind, 'type'>): 'container' | 'vm' {
  return type === 'container' ? 'container' : 'vm';
}

function groundOf({ incus, host }: RunnerDaemon, { emit, signal }: InstallOptions): Ground {
  return { incus, emit: emit ?? silent, ...(host && { host }), ...(signal && { signal }) };
}

/** A sandbox that runs already is not worth a word. */
function quiet({ emit: _emit, ...options }: RunnerOptions): RunnerOptions {
  return options;
}

function lock({ where }: RunnerDaemon, { emit, signal }: InstallOptions) {
  return acquireLock(`test-runner:${where}`, {
    command: 'test-runner',
    wait: true,
    ...(emit && { emit }),
    ...(signal && { signal }),
  });
}

function otherKind(kind: 'container' | 'vm'): AnklumeError {
  const what = kind === 'vm' ? { en: 'virtual machine', fr: 'machine virtuelle' } : CONTAINER;
  return new AnklumeError({
    code: 'test-runner-kind',
    exit: ExitCode.usage,
    message: {
      en: `The test runner that is there is a ${what.en}.`,
      fr: `La machine d'essai présente est de l'autre sorte : ${what.fr}.`,
    },
    remedy: {
      en: "'anklume dev test-runner-delete' first, or leave the choice out.",
      fr: "« anklume dev test-runner-delete » d'abord, ou ne précisez rien.",
    },
  });
}

const CONTAINER: Text = { en: 'container', fr: 'conteneur' };
