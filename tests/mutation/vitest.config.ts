import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { instrument } from './instrument.ts';
import { ROOT, roomOf, testsOf } from './rooms.ts';

const room = process.env.MUTATION_ROOM ?? '';
const tests = testsOf(roomOf(room));
const { code, mutants } = await instrument(room);

/** One worker that lives through all mutants of a room: see session.ts. */
export default defineConfig({
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      load: (id) => code.get(id),
      transform: (text, id) =>
        tests.some((path) => id === join(ROOT, path))
          ? text.replace("from 'vitest'", `from '${join(ROOT, 'tests/mutation/describe.ts')}'`)
          : undefined,
    },
  ],
  test: {
    include: ['tests/mutation/session.ts'],
    pool: 'threads',
    isolate: false,
    // A mutant may leave a file without any.
    passWithNoTests: true,
    maxWorkers: 1,
    testTimeout: 20_000,
    reporters: ['default'],
    provide: { mutants, tests, journal: process.env.MUTATION_JOURNAL ?? '' },
  },
});
