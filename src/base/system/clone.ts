import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../messages/index.ts';
import { productRoot } from './paths.ts';

/** The clone of the repository that runs. Throws `no-clone` where the program was installed without its tests. */
export function cloneRoot(): string {
  const root = productRoot();
  if (existsSync(join(root, 'tests', 'behavior_matrix.yml'))) return root;
  throw new AnklumeError({
    code: 'no-clone',
    exit: ExitCode.environment,
    message: {
      en: `This needs a clone of the repository; ${root} holds the installed program alone.`,
      fr: `Il faut pour cela un clone du dépôt ; ${root} ne contient que le programme installé.`,
    },
    remedy: {
      en: 'Clone the repository and run ./anklume there with the same words.',
      fr: 'Clonez le dépôt, et lancez-y ./anklume avec les mêmes mots.',
    },
  });
}
