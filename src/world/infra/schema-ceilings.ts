import * as v from 'valibot';
import { noList } from './no-list.ts';
import { about, expect, text } from './schema-parts.ts';

/** What keeps one container from using up the host, as written at a domain or a machine. */
const off = v.literal(false);
const count = v.pipe(
  v.number(expect('ceiling-count')),
  v.integer(expect('ceiling-count')),
  v.minValue(16, expect('ceiling-count')),
  v.maxValue(2_147_483_647, expect('ceiling-count')),
);

export const ceilingsSchema = noList(
  v.object(
    {
      processes: v.optional(
        v.pipe(
          v.union([off, count], expect('ceiling-count')),
          about('Most processes and threads in a container; 8192, and 32768 with nesting.'),
        ),
      ),
      memory: v.optional(
        v.pipe(
          v.union([off, text], expect('ceiling-amount')),
          about('From here on a container is slowed down: a size, or a part of the host; 90%.'),
        ),
      ),
      disk: v.optional(
        v.pipe(
          v.union([off, text], expect('ceiling-amount')),
          about('Largest root disk of a container: a size, or a part of the pool; 75%.'),
        ),
      ),
      inotify: v.optional(
        v.pipe(
          v.union([off, count], expect('ceiling-count')),
          about('Most inotify instances in a container; 512.'),
        ),
      ),
    },
    expect('mapping'),
  ),
);

/** `false` stands for no ceiling at all. */
export const ceilings = v.pipe(
  v.union([off, ceilingsSchema], expect('ceilings')),
  about('Raises or lifts what keeps one container from using up the host; false: no ceilings.'),
);
