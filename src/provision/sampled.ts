import type { Provisionable } from './machines.ts';
import type { ProvisionReport } from './report.ts';

/** Runs Ansible over machines: with their roles, or only with what every machine needs. */
type Provisioner = (
  machines: readonly Provisionable[],
  withoutRoles: boolean,
) => Promise<ProvisionReport>;

/** Machines in two parts: of each list of copies that are alike one is in the first, with all that are no copies. */
export function sampled(
  machines: readonly Provisionable[],
  alike: readonly (readonly string[])[],
): { readonly full: readonly Provisionable[]; readonly others: readonly Provisionable[] } {
  const there = new Set(machines.map(({ name }) => name));
  const others = new Set(
    alike.flatMap((names) => names.filter((name) => there.has(name)).slice(1)),
  );
  return {
    full: machines.filter(({ name }) => !others.has(name)),
    others: machines.filter(({ name }) => others.has(name)),
  };
}

/**
 * Provisions machines. Of copies that are alike, one gets all its roles; the others are only made ready meanwhile, and
 * get their roles as well when that one shows that there was something left to do.
 */
export async function provisionSampled(
  machines: readonly Provisionable[],
  alike: readonly (readonly string[])[],
  run: Provisioner,
): Promise<ProvisionReport> {
  const { full, others } = sampled(machines, alike);
  if (others.length === 0) return run(full, false);
  const [first, ready] = await Promise.all([run(full, false), run(others, true)]);
  const wrong = new Set(
    alike.filter((names) => !names.some((name) => isUnchanged(first, name))).flat(),
  );
  const again = others.filter(({ name }) => wrong.has(name));
  const last = again.length > 0 ? await run(again, false) : undefined;
  return merged(first, last ? merged(ready, last) : ready);
}

function isUnchanged({ machines }: ProvisionReport, name: string): boolean {
  return machines.some(
    ({ machine, result, changed }) => machine === name && result === 'done' && changed === 0,
  );
}

/** What a later run says of a machine stands; tasks that changed something count from both. */
function merged(one: ProvisionReport, other: ProvisionReport): ProvisionReport {
  const later = new Set(other.machines.map(({ machine }) => machine));
  const machines = [
    ...one.machines.filter(({ machine }) => !later.has(machine)),
    ...other.machines,
  ];
  const log = other.failed > 0 ? other.log : one.log;
  return {
    machines,
    changed: one.changed + other.changed,
    failed: machines.filter(({ result }) => result !== 'done').length,
    ...(log !== undefined && { log }),
    seconds: Math.max(one.seconds, other.seconds),
  };
}
