import { dirname, join, resolve } from 'node:path';
import type { Problem } from '../../base/messages/index.ts';
import { isThere } from '../../base/system/index.ts';

/** The declared world of a project: what to load, and the project's root folder. */
export interface FoundInfra {
  readonly path: string;
  readonly root: string;
}

/** Looks for infra.yml or infra/ in a folder and those above it. */
export async function findInfra(startFolder: string): Promise<FoundInfra | Problem> {
  let root = resolve(startFolder);
  for (;;) {
    const file = join(root, 'infra.yml');
    const folder = join(root, 'infra');
    const hasFile = await isThere(file);
    const hasFolder =
      (await isThere(join(folder, 'base.yml'))) || (await isThere(join(folder, 'domains')));
    if (hasFile && hasFolder) return both(file, folder);
    if (hasFile) return { path: file, root };
    if (hasFolder) return { path: folder, root };
    const parent = dirname(root);
    if (parent === root) return none(startFolder);
    root = parent;
  }
}

function both(file: string, folder: string): Problem {
  return {
    code: 'two-worlds',
    severity: 'error',
    path: [],
    place: { file, line: 1, column: 1 },
    related: { file: join(folder, 'base.yml'), line: 1, column: 1 },
    message: {
      en: `Both ${file} and the folder ${folder} declare the infrastructure.`,
      fr: `${file} et le dossier ${folder} déclarent tous deux l'infrastructure.`,
    },
    remedy: {
      en: `Keep one: remove ${file} if the folder is the newer one, otherwise remove ${folder}.`,
      fr: `Gardez-en un : supprimez ${file} si le dossier est plus récent, sinon supprimez ${folder}.`,
    },
  };
}

function none(folder: string): Problem {
  return {
    code: 'no-infra',
    severity: 'error',
    path: [],
    message: {
      en: `There is no infra.yml in ${folder} or a folder above it.`,
      fr: `Il n'y a pas d'infra.yml dans ${folder} ni dans un dossier au-dessus.`,
    },
    remedy: {
      en: "Run 'anklume init' to create one, or go to your project's folder.",
      fr: 'Lancez « anklume init » pour en créer un, ou allez dans le dossier de votre projet.',
    },
  };
}
