import { readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders, readIfExists, writeAtomic } from '../../../base/system/index.ts';
import type { Former } from '../ledger.ts';
import type { ProjectChange } from '../step.ts';
import { firstMissing, removeMade } from './file.ts';
import type { Handler } from './handler.ts';

/** A project folder. It is the person's from the first moment: what is in it goes by a purge alone. */
export const project: Handler<ProjectChange> = {
  stands: async ({ folder }) => (await infraOf(folder)) !== undefined,
  async former({ folder }): Promise<Former> {
    const made = await firstMissing(folder);
    return made === undefined ? {} : { made };
  },
  async carryOut({ folder, infra }) {
    await makeFolders(folder);
    if ((await infraOf(folder)) === undefined) await writeAtomic(join(folder, 'infra.yml'), infra);
    return {};
  },
  async standing({ folder }) {
    return (await infraOf(folder)) === undefined ? 'missing' : 'kept';
  },
  async takeBack({ folder, infra }, former, { purge }) {
    const names = await readdir(folder).catch(() => undefined);
    if (names) {
      const asWritten = names.length === 1 && (await infraOf(folder)) === infra;
      if (purge && former.made !== undefined) await rm(folder, { recursive: true, force: true });
      else if (asWritten) await rm(join(folder, 'infra.yml'));
      else if (names.length > 0)
        return {
          en: `${folder} stays: it holds your files.`,
          fr: `${folder} reste : ce dossier contient vos fichiers.`,
        };
      if (former.made !== undefined) await rmdir(folder).catch(() => undefined);
    }
    await removeMade(folder, former);
    return undefined;
  },
};

async function infraOf(folder: string): Promise<string | undefined> {
  return (await readIfExists(join(folder, 'infra.yml')))?.toString('utf8');
}
