import { AnklumeError } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { projectFlags, toggle } from '../../../kit/flags.ts';
import { showProblems } from '../../../kit/show-problems.ts';

export const sync = command({
  brief: {
    en: 'Turn infra.yml into the Ansible tree',
    fr: 'Transformer infra.yml en arborescence Ansible',
  },
  description: {
    en: 'Writes inventory/, group_vars/ and host_vars/. Only the managed sections change; what you wrote outside them stays, byte for byte. A second run changes nothing.',
    fr: 'Écrit inventory/, group_vars/ et host_vars/. Seules les sections gérées changent ; ce que vous avez écrit ailleurs reste, octet pour octet. Une seconde exécution ne change rien.',
  },
  examples: [
    ['anklume sync', { en: 'write what changed', fr: 'écrire ce qui a changé' }],
    ['anklume sync --dry-run', { en: 'show it, write nothing', fr: 'le montrer, ne rien écrire' }],
    [
      'anklume sync --clean-orphans',
      {
        en: 'also remove files of undeclared machines',
        fr: 'retirer aussi les fichiers des machines non déclarées',
      },
    ],
  ],
  flags: {
    dryRun: toggle({
      en: 'Show what would be written, write nothing',
      fr: 'Montrer ce qui serait écrit, ne rien écrire',
    }),
    cleanOrphans: toggle({
      en: 'Remove files of domains and machines no longer declared; protected ones once they are gone',
      fr: "Supprimer les fichiers de ce qui n'est plus déclaré ; si protégé, une fois les machines disparues",
    }),
    strict: toggle({ en: 'Unknown keys are errors', fr: 'Les clés inconnues sont des erreurs' }),
    ...projectFlags,
  },
  async run(session, flags) {
    const { openIfRunning, openProject } = await import('../../../site/index.ts');
    const { goneFrom, syncProject } = await import('../sync-project.ts');
    const { renderSync } = await import('../render/sync.ts');
    const project = await openProject({
      cwd: session.cwd,
      infra: flags.infra,
      strict: flags.strict,
    });
    const findGone = async () => {
      // Without a daemon that runs nobody knows, and what is protected stays.
      const daemon = await openIfRunning({}, silentDaemonOptions(session, flags)).catch(unlessOurs);
      if (!daemon) return () => false;
      await using open = daemon;
      return (await goneFrom(open, project.infra.projectName).catch(unlessOurs)) ?? (() => false);
    };
    const { plan, cleaned } = await syncProject(project, { ...flags, findGone });
    const problems = [...project.warnings, ...plan.problems];
    await showProblems(session, problems);
    const { writes: _texts, ...shown } = plan;
    const result = {
      type: 'sync' as const,
      written: !flags.dryRun,
      ...shown,
      problems,
      ...cleaned,
    };
    session.result(result, () => renderSync(plan, cleaned, !flags.dryRun, session));
    return undefined;
  },
});

function unlessOurs(error: unknown): undefined {
  if (error instanceof AnklumeError) return undefined;
  throw error;
}
