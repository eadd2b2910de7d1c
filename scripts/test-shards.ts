import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Seconds of the files that take longest, measured on two processors with both lanes busy. Those that are not named
 * take about as long as each other. It need not be exact: it keeps the slow ones from meeting in one lane.
 */
const SECONDS: Readonly<Record<string, number>> = {
  'tests/integration/firewall/firewall.test.ts': 260,
  'tests/integration/admin/admin-container.test.ts': 230,
  'tests/integration/docs/commands.test.ts': 185,
  'tests/integration/golden/golden.test.ts': 180,
  'tests/integration/network/walls.test.ts': 140,
  'tests/integration/rows/examples.test.ts': 85,
  'tests/integration/sandbox/killed.test.ts': 80,
  'tests/integration/network/ipv6.test.ts': 80,
  'tests/integration/deployment/safety.test.ts': 75,
  'tests/integration/nesting/levels.test.ts': 70,
  'tests/integration/network/forged.test.ts': 70,
  'tests/integration/templates/golden.test.ts': 70,
  'tests/integration/snapshots/snapshots.test.ts': 65,
  'tests/integration/backup/backup.test.ts': 60,
  'tests/integration/deployment/two-steps.test.ts': 60,
  'tests/integration/snapshots/rollback.test.ts': 60,
  'tests/integration/provision/provision.test.ts': 50,
};
const USUAL_SECONDS = 15;

/** The files of one of `count` shares that take about as long as each other; the longest first into the lightest. */
export function shareOf(
  files: readonly string[],
  { index, count }: { readonly index: number; readonly count: number },
): string[] {
  const weigh = (file: string) => SECONDS[file] ?? USUAL_SECONDS;
  const shares = Array.from({ length: count }, () => ({ seconds: 0, files: [] as string[] }));
  for (const file of [...files].sort((a, b) => weigh(b) - weigh(a) || (a < b ? -1 : 1))) {
    const lightest = shares.reduce((one, other) => (other.seconds < one.seconds ? other : one));
    lightest.seconds += weigh(file);
    lightest.files.push(file);
  }
  return shares[index - 1]?.files ?? [];
}

/** Deals the files of a ring to its lanes by their usual time, where vitest goes by a hash of their names. */
export class Balanced extends BaseSequencer {
  override async shard(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root, shard } = this.ctx.config;
    if (!shard) return files;
    const named = new Map(files.map((file) => [relative(root, file.moduleId), file]));
    const share = new Set(shareOf([...named.keys()], shard));
    return [...named].filter(([name]) => share.has(name)).map(([, file]) => file);
  }
}
