import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';

/** `anklume history`, and `anklume rollback-list`, which is the same. */
export const history = command({
  brief: {
    en: 'The generations: each apply, rollback and restore that changed something',
    fr: 'Les générations : chaque apply, retour et restauration qui a changé quelque chose',
  },
  description: {
    en: 'One line for each: its number, when it began, what it was limited to, what it changed, the machines of which it made a safety snapshot first, and what it removed and how long that lies in the trash (trash: 7d in infra.yml).',
    fr: "Une ligne pour chacune : son numéro, son début, sa limite, ce qu'elle a changé, les machines dont elle a d'abord fait un instantané de sûreté, et ce qu'elle a supprimé et combien de temps cela reste dans la corbeille (trash: 7d dans infra.yml).",
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
