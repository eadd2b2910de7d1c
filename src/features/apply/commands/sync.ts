import { AnklumeError } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { silentDaemonOptions } from '../../../kit/daemon-options.ts';
import { projectFlags, toggle } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import { showProblems } from '../../../kit/show-problems.ts';
import type { OrphanFile } from '../../../world/tree/index.ts';

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
      'anklume sync --delete-orphans',
      {
        en: 'also delete files of undeclared machines',
        fr: 'supprimer aussi les fichiers des machines non déclarées',
      },
    ],
  ],
  flags: {
    dryRun: toggle({
      en: 'Show what would be written, write nothing',
      fr: 'Montrer ce qui serait écrit, ne rien écrire',
    }),
    deleteOrphans: toggle(
      {
        en: 'Delete files of domains and machines no longer declared; protected ones once those are deleted',
        fr: "Supprimer les fichiers de ce qui n'est plus déclaré ; si protégé, une fois les machines supprimées",
      },
      'cleanOrphans',
    ),
    strict: toggle({ en: 'Unknown keys are errors', fr: 'Les clés inconnues sont des erreurs' }),
    ...projectFlags,
  },
  async run(session, flags) {
    const { openProject } = await import('../../../site/index.ts');
    const { syncProject, toldSync } = await import('../sync-project.ts');
    const { renderSync } = await import('../render/sync.ts');
    const { infra, strict, dryRun } = flags;
    const project = await openProject({ cwd: session.cwd, infra, strict });
    const findGone = () => goneNow(session, flags, project.infra.projectName);
    const report = await syncProject(project, { ...flags, findGone });
    const told = toldSync(report, { written: !dryRun, warnings: project.warnings });
    await showProblems(session, told.problems);
    session.result({ type: 'sync', ...told }, () =>
      renderSync(report.plan, report.cleaned, !dryRun, session),
    );
    return undefined;
  },
});

/** Whether no machine of a protected file exists any more. */
async function goneNow(
  session: Session,
  flags: { readonly infra: string | undefined },
  projectName: string,
): Promise<(orphan: OrphanFile) => boolean> {
  const { openIfRunning } = await import('../../../site/index.ts');
  const { goneFrom } = await import('../sync-project.ts');
  // Without a daemon that runs nobody knows, and what is protected stays.
  const daemon = await openIfRunning({}, silentDaemonOptions(session, flags)).catch(unlessOurs);
  if (!daemon) return () => false;
  await using open = daemon;
  return (await goneFrom(open, projectName).catch(unlessOurs)) ?? (() => false);
}

function unlessOurs(error: unknown): undefined {
  if (error instanceof AnklumeError) return undefined;
  throw error;
}
