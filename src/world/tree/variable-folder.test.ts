import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import type { TreeFolder } from './layout.ts';
import { readVariableFolder } from './variable-folder.ts';
import { freshProject } from './worlds.fixture.ts';

/** `name: files in the order in which they win`, and the files that problems are about. */
async function read(folder: TreeFolder, paths: readonly string[]) {
  const root = await freshProject();
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), path.endsWith('empty.yml') ? '' : 'a: 1\n');
  }
  const { layers, problems } = await readVariableFolder(root, folder);
  return {
    layers: Object.fromEntries(
      [...layers].map(([name, own]) => [
        name,
        own.map(({ file }) => file.slice(folder.length + 1)).join(' '),
      ]),
    ),
    told: problems.map(({ code, place }) => `${code} ${place?.file}`),
  };
}

it('a name has the files of its folder before its own, and of each the last by name first', async () => {
  const paths = ['b.yml', 'b.yaml', 'b/1.yml', 'b/2.yaml', 'b/3.yml', 'a.yml', 'c/x.yml'];
  expect(
    await read(
      'host_vars',
      [...paths].reverse().map((path) => `host_vars/${path}`),
    ),
  ).toEqual({
    layers: { a: 'a.yml', b: 'b/3.yml b/2.yaml b/1.yml b.yml b.yaml', c: 'c/x.yml' },
    told: ['tree-file-shadowed host_vars/b.yml', 'tree-file-shadowed host_vars/b.yaml'],
  });
});

it('hidden files, other files and folders in folders are passed over', async () => {
  const { layers, told } = await read('group_vars', [
    ...['group_vars/pro.yml', 'group_vars/.pro.yml', 'group_vars/notes.txt', 'group_vars/a.ymlx'],
    ...['group_vars/web/.x.yml', 'group_vars/web/x.txt', 'group_vars/web/deep.yml/x.yml'],
    ...['group_vars/folder.yml/y.yml', 'group_vars/.git/z.yml', 'group_vars/empty.yml'],
    'host_vars/other.yml',
  ]);
  expect(layers).toEqual({ pro: 'pro.yml', 'folder.yml': 'folder.yml/y.yml', empty: '' });
  expect(told).toEqual([]);
});

it('a folder is no shadow in an inventory, and none of all is no error', async () => {
  expect((await read('inventory', ['inventory/pro.yml', 'inventory/pro/x.yml'])).told).toEqual([]);
  expect(await read('host_vars', [])).toEqual({ layers: {}, told: [] });
  expect(await read('host_vars', ['host_vars'])).toEqual({ layers: {}, told: [] });
});
