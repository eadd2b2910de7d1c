import { join } from 'node:path';
import { productRoot, run } from '../../src/base/system/index.ts';

/** One line of `anklume dev test-role --json`. */
export interface RoleTest {
  readonly type: string;
  readonly role: string;
  readonly scenario: string;
  readonly ok: boolean;
  readonly log: string;
  readonly steps: readonly {
    readonly step: string;
    readonly ok: boolean;
    readonly failure?: string;
  }[];
}

/** Runs the command as the continuous integration does: from the launcher, without a terminal. */
export async function roleTests(
  words: readonly string[],
  home: string,
): Promise<{ code: number; results: RoleTest[]; stderr: string }> {
  const { code, stdout, stderr } = await run(
    [join(productRoot(), 'anklume'), 'dev', 'test-role', '--yes', '--json', ...words],
    { env: { ANKLUME_HOME: home, ANKLUME_LANG: 'en' }, accept: [0, 1, 2, 4] },
  );
  const lines = stdout.split('\n').filter(Boolean);
  return { code, stderr, results: lines.map((line) => JSON.parse(line) as RoleTest) };
}
