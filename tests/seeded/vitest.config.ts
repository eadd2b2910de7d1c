import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BUGS } from './bugs.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The tests of each property once more, with its bug in the source that they load; the files stay as they are. */
export default defineConfig({
  test: {
    root: ROOT,
    projects: BUGS.map(({ tests, title, file, from, to }, index) => ({
      plugins: [
        {
          name: 'seeded-bug',
          enforce: 'pre' as const,
          transform(code: string, id: string) {
            if (id.split('?')[0] !== join(ROOT, file)) return undefined;
            const parts = code.split(from);
            if (parts.length !== 2) throw new Error(`${file}: not once: ${from}`);
            return parts.join(to);
          },
        },
      ],
      test: {
        root: ROOT,
        name: `${index}: ${title}`,
        include: [tests],
        pool: 'threads' as const,
        isolate: false,
      },
    })),
  },
});
