import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { through } from '../system/index.ts';

/** What makes a project, beside its machines: the declarations, the tree, the person's own roles and the rules. */
const PARTS = [
  'infra.yml',
  'infra',
  'inventory',
  'group_vars',
  'host_vars',
  'roles_custom',
  'nftables',
  'ansible.cfg',
];

/** The files of a project as one compressed archive. */
export async function* projectFiles(root: string): AsyncGenerator<Buffer> {
  const there = await Promise.all(
    PARTS.map(async (part) => (await stat(join(root, part)).catch(() => undefined)) && part),
  );
  const parts = there.filter((part) => part !== undefined);
  yield* through(['tar', '--create', '--gzip', '--directory', root, '--', ...parts], undefined);
}
