import { join } from 'node:path';
import { ExitCode, type Problem } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { consentFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import { showProblems } from '../../../kit/show-problems.ts';

/** `anklume upgrade` */
export const upgrade = command({
  brief: { en: 'Upgrade anklume itself', fr: 'Mettre anklume à niveau' },
  description: {
    en: "Brings the clone that anklume runs from to a newer version. Your files and roles stay. Files of anklume that you edited and that the new version changes too are reported, copied to ~/.anklume/upgrades, and replaced. The new version is first built and started beside the old one, and looks at the project: one that does not work changes nothing. 'anklume sync' then brings the tree up.",
    fr: "Amène le clone d'où tourne anklume à une version plus récente. Vos fichiers et vos rôles restent. Les fichiers d'anklume que vous avez modifiés et que la nouvelle version change aussi sont signalés, copiés dans ~/.anklume/upgrades, puis remplacés. La nouvelle version est d'abord construite et démarrée à côté de l'ancienne, et examine le projet : si elle ne fonctionne pas, rien ne change. « anklume sync » met alors l'arborescence à niveau.",
  },
  examples: [
    ['anklume upgrade', { en: 'the newest version', fr: 'la version la plus récente' }],
    ['anklume upgrade --dry-run', { en: 'what it would do', fr: 'ce que cela ferait' }],
    ['anklume upgrade --to 1.2.3', { en: 'a certain version', fr: 'une version précise' }],
  ],
  flags: {
    to: word('VERSION', {
      en: 'A version, tag or commit (default: the branch that yours follows)',
      fr: 'Une version, un tag ou un commit (par défaut : la branche que la vôtre suit)',
    }),
    dryRun: toggle({ en: 'Show it, change nothing', fr: 'Le montrer, ne rien changer' }),
    ...projectFlags,
    ...consentFlags,
  },
  async run(session, flags) {
    const { clearUpgrade, upgrade } = await import('../upgrade.ts');
    const { lookAtUpgrade } = await import('../look.ts');
    const { homeFolder, productRoot } = await import('../../../base/system/index.ts');
    const { renderSight, renderUpgrade } = await import('../render/upgrade.ts');
    if (!flags.dryRun) await clearUpgrade(productRoot());
    const sight = await lookAtUpgrade(productRoot(), flags.to);
    const project = await projectAround(session, flags.infra);
    const tree = project && (await treeProblem(project, sight.toVersion));
    const problems = tree ? [tree] : [];
    const { placed: _, removed: _removed, aside: _aside, ...told } = sight;
    const { plan, upToDate } = told;
    if (upToDate || flags.dryRun) {
      session.result({ type: 'upgrade', done: false, ...told, problems }, () =>
        renderSight(told, session),
      );
      await showProblems(session, problems);
      return ExitCode.done;
    }
    const backups = join(homeFolder(session.env), 'upgrades', stamp(new Date()));
    if (plan.conflicts.length > 0) {
      session.settle();
      if (!session.common.quiet && !session.common.json)
        session.terminal.stderr.write(`${renderSight(told, session)}\n`);
      await askYes(session, flags.yes, {
        en: `Replace these files? Copies of yours go to ${backups}.`,
        fr: `Remplacer ces fichiers ? Des copies des vôtres vont dans ${backups}.`,
      });
    }
    const { validation, done } = await upgrade(sight, {
      backups,
      project,
      onLine(line) {
        if (session.common.quiet || session.common.json) return;
        session.terminal.stderr.write(`${line}\n`);
      },
    });
    const kept = plan.conflicts.length > 0 ? { backups: join(backups, 'files') } : {};
    const upgraded = { ...told, ...kept, validation, done };
    session.result({ type: 'upgrade', ...upgraded, problems }, () =>
      renderUpgrade(upgraded, session),
    );
    await showProblems(session, problems);
    return done ? ExitCode.done : ExitCode.failed;
  },
});

/** The project to try the new version on; none is no fault. */
async function projectAround(
  session: Session,
  infra: string | undefined,
): Promise<string | undefined> {
  const { findProject } = await import('../../../site/index.ts');
  const found = await findProject({ cwd: session.cwd, infra }).catch(() => undefined);
  return found?.root;
}

/** What the new version will say of the tree as it is. */
async function treeProblem(root: string, version: string): Promise<Problem | undefined> {
  const { versionIn, versionProblem } = await import('../../../world/tree/index.ts');
  const { readIfExists } = await import('../../../base/system/index.ts');
  const file = join(root, 'group_vars/all.yml');
  const bytes = await readIfExists(file);
  return bytes && versionProblem(versionIn(bytes), { file, line: 1, column: 1 }, 'read', version);
}

/** `20261122-031500`, UTC. */
function stamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
}
