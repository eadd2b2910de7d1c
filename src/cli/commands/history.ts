import { command } from '../frame/command.ts';
import { daemonOptions } from '../frame/daemon-options.ts';
import { daemonFlags, projectFlags } from '../frame/flags.ts';

/** `anklume history`, and `anklume rollback-list`, which is the same. */
export const history = command({
  brief: {
    en: 'The generations: each apply that changed something',
    fr: 'Les générations : chaque apply qui a changé quelque chose',
  },
  description: {
    en: 'One line for each: its number, when it began, what it was limited to, what it changed, and the machines of which it made a safety snapshot first.',
    fr: "Une ligne pour chacune : son numéro, son début, sa limite, ce qu'elle a changé, et les machines dont elle a d'abord fait un instantané de sûreté.",
  },
  examples: [
    ['anklume history', { en: 'oldest first', fr: 'de la plus ancienne à la plus récente' }],
    ['anklume history --json', { en: 'for scripts', fr: 'pour des scripts' }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { openDaemon, openWorld } = await import('../../up/index.ts');
    const { History } = await import('../../generations/index.ts');
    const { renderHistory } = await import('../render/generations.ts');
    const { desired } = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const generations = await new History(desired.projectName, daemon.where).list();
    session.result({ type: 'history', generations }, () => renderHistory(generations, session));
    return undefined;
  },
});
