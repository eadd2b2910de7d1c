import { AnklumeError, type Emit, ExitCode, type Text } from '../../base/messages/index.ts';
import type { Outcome, Plan } from '../../engine/index.ts';
import {
  type Inhabited,
  type MachineOutcome,
  type Provisionable,
  type ProvisionReport,
  provision,
  provisionSampled,
  withRoles,
} from '../../provision/index.ts';
import type { Daemon, World } from '../../site/index.ts';
import type { Applied, ApplyChoices } from './choices.ts';

/** The tag that stands for all roles. */
export const PROVISION_TAG = 'provision';

/** Words of --tags that stand for parts of apply without Ansible. */
const NOT_ANSIBLE: readonly string[] = [PROVISION_TAG, 'firewall', 'nftables'];

/** What became of the insides of machines. */
export type Provisioning =
  | ({ readonly done: true } & ProvisionReport)
  | {
      readonly done: false;
      /** Why Ansible gave no report. */
      readonly failure: {
        readonly code: string;
        readonly message: Text;
        readonly remedy?: Text;
        readonly exit: ExitCode;
      };
    };

/** Whether a word of --tags means roles rather than objects of Incus. */
export function isRoleTag(desired: Inhabited, tag: string): boolean {
  return tag === PROVISION_TAG || withRoles(desired).some(({ roles }) => roles.includes(tag));
}

/**
 * The tags for Ansible; undefined when its part is not asked for. Empty stands for everything.
 * The phase `provision` takes any tag, as roles have tags of their own.
 */
export function ansibleTags(
  desired: Inhabited,
  { phase, tags = [] }: Pick<ApplyChoices, 'phase' | 'tags'>,
): readonly string[] | undefined {
  if (phase === 'infra') return undefined;
  if (tags.length === 0 || tags.includes(PROVISION_TAG)) return [];
  const wanted = tags.filter(
    (tag) => !NOT_ANSIBLE.includes(tag) && (phase === 'provision' || isRoleTag(desired, tag)),
  );
  return wanted.length > 0 ? wanted : undefined;
}

/** Whether roles are to be run at all. */
export function givesRoles(
  desired: Inhabited,
  choices: Pick<ApplyChoices, 'phase' | 'tags' | 'limit'>,
): boolean {
  return (
    ansibleTags(desired, choices) !== undefined && withRoles(desired, choices.limit).length > 0
  );
}

/**
 * The last part of apply and up: roles, in the machines that have some and that are there. Undefined when there is
 * nothing to provision; Ansible is then not even looked for. To be called within `alone`.
 */
export async function provisionMachines(
  { root, desired }: World,
  { reach }: Daemon,
  choices: Pick<ApplyChoices, 'phase' | 'tags' | 'limit'>,
  { emit, signal }: { readonly emit: Emit; readonly signal: AbortSignal },
  { plan, report, golden }: Pick<Applied, 'plan' | 'report' | 'golden'>,
): Promise<Provisioning | undefined> {
  const tags = ansibleTags(desired, choices);
  if (tags === undefined) return undefined;
  const before = golden?.provisioned?.machines.filter(({ result }) => result === 'done') ?? [];
  const machines = present(withRoles(desired, choices.limit), report, plan).filter(
    ({ name }) => !before.some(({ machine }) => machine === name),
  );
  if (machines.length + before.length === 0) return undefined;
  try {
    const done = await provisionSampled(machines, golden?.alike ?? [], (some, withoutRoles) =>
      provision(some, { root, reach, ...(withoutRoles ? READY : { tags }), emit, signal }),
    );
    return { done: true, ...together(before, golden?.provisioned?.seconds ?? 0, done) };
  } catch (error) {
    if (!(error instanceof AnklumeError) || error.exit === ExitCode.interrupted) throw error;
    const { code, text: message, remedy, exit } = error;
    return { done: false, failure: { code, message, ...(remedy && { remedy }), exit } };
  }
}

/** Nothing but what makes a machine ready: facts, nearly all of the time that is left, are asked for by roles alone. */
const READY = { tags: ['always'], skipTags: ['anklume_facts'] };

/** With the machines that had their roles before, so that others could be made from them. */
function together(
  before: readonly MachineOutcome[],
  seconds: number,
  report: ProvisionReport,
): ProvisionReport {
  return {
    ...report,
    machines: [...before, ...report.machines],
    changed: before.reduce((sum, { changed }) => sum + changed, report.changed),
    seconds: seconds + report.seconds,
  };
}

/** Without those that apply could not bring up, and templates that are stopped. */
export function present(
  machines: readonly Provisionable[],
  { outcomes }: { readonly outcomes: readonly Pick<Outcome, 'id' | 'result'>[] },
  { resting = [] }: Pick<Plan, 'resting'> = {},
): Provisionable[] {
  const lost = new Set([
    ...outcomes.filter(({ result }) => result !== 'done').map(({ id }) => id),
    ...resting,
  ]);
  return machines.filter(({ project, instance }) => !lost.has(`instance:${project}/${instance}`));
}

export function isGood(provisioning: Provisioning | undefined): boolean {
  return endingOf(provisioning) === ExitCode.done;
}

/** The exit status that this part asks for. */
export function endingOf(provisioning: Provisioning | undefined): ExitCode {
  if (!provisioning) return ExitCode.done;
  if (!provisioning.done) return provisioning.failure.exit;
  return provisioning.failed > 0 ? ExitCode.failed : ExitCode.done;
}
