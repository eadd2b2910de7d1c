import { command } from '../../../kit/command.ts';
import { projectFlags } from '../../../kit/flags.ts';
import { showProblems } from '../../../kit/show-problems.ts';

/** `anklume config` */
export const config = command({
  brief: {
    en: 'Show infra.yml with every default and address',
    fr: 'Afficher infra.yml, valeurs par défaut et adresses comprises',
  },
  description: {
    en: 'What infra.yml comes to once addresses are assigned, defaults filled in and folders merged: what sync works with. It is an infra.yml itself. Yours stays as you wrote it.',
    fr: "Ce que devient infra.yml une fois les adresses attribuées, les valeurs par défaut ajoutées et les dossiers réunis : c'est ce que sync utilise. C'est aussi un infra.yml. Le vôtre reste tel que vous l'avez écrit.",
  },
  examples: [
    ['anklume config', { en: 'as YAML', fr: 'en YAML' }],
    ['anklume config --json | jq .infra.domains', { en: 'for scripts', fr: 'pour des scripts' }],
  ],
  flags: projectFlags,
  async run(session, flags) {
    const { writtenOut } = await import('../../../world/infra/index.ts');
    const { openProject } = await import('../../../site/index.ts');
    const { stringify } = await import('yaml');
    const { printable } = await import('../../../base/system/index.ts');
    const project = await openProject({ cwd: session.cwd, infra: flags.infra });
    await showProblems(session, project.warnings);
    const infra = writtenOut(project.infra);
    session.result({ type: 'config', infra }, () =>
      printable(stringify(infra, { aliasDuplicateObjects: false, version: '1.1' }).trimEnd()),
    );
    return undefined;
  },
});
