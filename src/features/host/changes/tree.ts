import { rm } from 'node:fs/promises';
import { isThere } from '../../../base/system/index.ts';
import type { TreeChange } from '../step.ts';
import type { Handler } from './handler.ts';

/** A folder that bootstrap.sh unpacked: this program, or Node.js. It is recorded by the script, and made by it alone. */
export const tree: Handler<TreeChange> = {
  stands: ({ path }) => isThere(path),
  former: async () => ({}),
  carryOut: async () => ({}),
  standing: async ({ path }) => ((await isThere(path)) ? 'kept' : 'missing'),
  async takeBack({ path }) {
    for (const one of [path, `${path}.new`]) await rm(one, { recursive: true, force: true });
    return undefined;
  },
};
