import type { Desired, DesiredDomain } from '../tree/index.ts';
import type { GenerationRecord } from './record.ts';

/**
 * The world that a generation brought about. Its tree tells all of that, unless the run was limited: what the limit left
 * alone still stood as the runs before had made it. `read` gives the world of a generation's tree, where it can be read.
 */
export async function reachedBy(
  records: readonly GenerationRecord[],
  number: number,
  own: Desired,
  read: (number: number) => Promise<Desired | undefined>,
): Promise<Desired> {
  const record = records.find((one) => one.number === number);
  if (!record) return own;
  // A rollback's tree is that of its target, and so is what it reached.
  const shape = record.kind === 'rollback' ? record.target?.shape : undefined;
  if (shape !== undefined && shape > 0 && shape < number)
    return reachedBy(records, shape, own, read);
  if (record.limit === undefined) return own;
  // Also one that failed: most of what it was about was done, and a limited run often finishes the rest.
  const before = records.findLast((one) => one.number < number && one.hasFiles);
  const earlier = before && (await read(before.number));
  if (!before || !earlier) return own;
  return within(record.limit, own, await reachedBy(records, before.number, earlier, read));
}

/** `own` within the limit, `before` all around it. Pure. */
function within(limit: string, own: Desired, before: Desired): Desired {
  const domain = own.domains.find(
    ({ name, machines }) => name === limit || machines.some((one) => isCalled(limit, one)),
  );
  if (!domain) return own;
  const old = before.domains.find(({ name }) => name === domain.name);
  const now = domain.name === limit ? domain : withMachine(limit, domain, old);
  const domains = old
    ? before.domains.map((one) => (one === old ? now : one))
    : [...before.domains, now];
  return { ...own, domains };
}

/** What machines share belongs to each of them. */
function withMachine(
  limit: string,
  domain: DesiredDomain,
  old: DesiredDomain | undefined,
): DesiredDomain {
  const machine = domain.machines.filter((one) => isCalled(limit, one));
  const others = (old?.machines ?? []).filter((one) => !isCalled(limit, one));
  return { ...domain, machines: [...others, ...machine] };
}

function isCalled(limit: string, { name, instance }: { name: string; instance: string }): boolean {
  return name === limit || instance === limit;
}
