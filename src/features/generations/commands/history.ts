import { command, type Declared } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import { remove } from './history-delete.ts';

/** `anklume history list`, `anklume history`, and `anklume rollback-list`, which are the same. */
export const list = command({
  brief: {
    en: 'List the generations: each apply, rollback and restore that changed something',
    fr: 'Lister les générations : chaque apply, retour et restauration qui a changé quelque chose',
  },
  description: {
    en: 'Shows for each its number, when it began, its scope, what it changed, the machines of which it made a safety snapshot, and what it deleted and how long that stays in the trash (trash: 7d in infra.yml).',
    fr: "Montre pour chacune son numéro, son début, sa portée, ce qu'elle a changé, les machines dont elle a fait un instantané de sûreté, et ce qu'elle a supprimé et combien de temps cela reste à la corbeille (trash: 7d dans infra.yml).",
  },
  examples: [
    ['anklume history', { en: 'oldest first', fr: 'de la plus ancienne à la plus récente' }],
    ['anklume history --json', { en: 'for scripts', fr: 'pour des scripts' }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { openDaemon, openWorld } = await import('../../../site/index.ts');
    const { History } = await import('../store.ts');
    const { tellHistory } = await import('../told.ts');
    const { renderHistory } = await import('../render/generations.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const { projectName, trashSeconds } = desired;
    const kept = new History(projectName, daemon.where);
    const generations = await tellHistory(daemon.incus, projectName, kept, trashSeconds);
    session.result({ type: 'history', generations }, () => renderHistory(generations, session));
    return undefined;
  },
});

/** `anklume history ...` */
export const history: Declared = group(
  {
    en: 'The generations: each apply, rollback and restore that changed something',
    fr: 'Les générations : chaque apply, retour et restauration qui a changé quelque chose',
  },
  { list, delete: remove },
  'list',
);
