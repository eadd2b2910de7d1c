import { command } from '../../../kit/command.ts';
import { projectFlags, toggle } from '../../../kit/flags.ts';
import { showProblems } from '../../../kit/show-problems.ts';

/** `anklume validate` */
export const validate = command({
  brief: { en: 'Check infra.yml, and write nothing', fr: 'Vérifier infra.yml, sans rien écrire' },
  description: {
    en: 'Reads infra.yml as sync does and tells everything that is wrong with it. Neither files nor the daemon are touched. Exit status 2 when there is an error.',
    fr: "Lit infra.yml comme le fait sync et signale tout ce qui ne va pas. Ni les fichiers ni le démon ne sont touchés. Code de sortie 2 en cas d'erreur.",
  },
  examples: [
    ['anklume validate', { en: 'before a commit', fr: 'avant un commit' }],
    [
      'anklume validate --strict',
      { en: 'unknown keys are errors too', fr: 'les clés inconnues sont aussi des erreurs' },
    ],
  ],
  flags: {
    strict: toggle({ en: 'Unknown keys are errors', fr: 'Les clés inconnues sont des erreurs' }),
    ...projectFlags,
  },
  async run(session, flags) {
    const { openProject } = await import('../../../site/index.ts');
    const { renderValidated } = await import('../render/validated.ts');
    const { infra, strict } = flags;
    const project = await openProject({ cwd: session.cwd, infra, strict });
    await showProblems(session, project.warnings);
    const domains = project.infra.domains.length;
    const machines = project.infra.domains.flatMap((domain) => domain.machines).length;
    const { projectName } = project.infra;
    session.result({ type: 'validated', projectName, domains, machines }, () =>
      renderValidated({ domains, machines, warnings: project.warnings.length }, session),
    );
    return undefined;
  },
});
