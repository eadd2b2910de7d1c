import { ExitCode } from '../../../base/messages/index.ts';
import { asker, askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { consentFlags, toggle } from '../../../kit/flags.ts';
import { programName } from '../../../kit/program-name.ts';
import type { Session } from '../../../kit/session.ts';

export const demo = command({
  brief: {
    en: 'See it all on the embedded sandbox, with nothing to prepare',
    fr: 'Tout voir dans le bac à sable intégré, sans rien préparer',
  },
  description: {
    en: "Four domains and five machines of the example 'pro-workstation' start in a private Incus, and their isolation is verified. No Incus of this machine is needed or touched. Run again, it changes nothing. Debian packages that it needs and this machine lacks are installed; where there is a terminal, you are asked first.",
    fr: "Les quatre domaines et cinq machines de l'exemple « pro-workstation » démarrent dans un Incus privé, et leur isolation est vérifiée. Aucun Incus de cette machine n'est requis ni touché. Relancée, la commande ne change rien. Les paquets Debian dont elle a besoin et qui manquent à cette machine sont installés ; s'il y a un terminal, la question vous est posée d'abord.",
  },
  examples: [
    [
      'anklume demo',
      { en: 'the first run builds the image', fr: "la première exécution construit l'image" },
    ],
    ['anklume demo --delete --yes', { en: 'leave nothing behind', fr: 'ne rien laisser' }],
  ],
  flags: {
    delete: toggle({
      en: 'Delete the machines, the sandbox and the project of the demonstration',
      fr: 'Supprimer les machines, le bac à sable et le projet de la démonstration',
    }),
    ...consentFlags,
  },
  async run(session, flags) {
    if (flags.delete) return await takeAway(session, flags.yes);
    const { prepareDemo, DEMO_SANDBOX, runDemo } = await import('../demo.ts');
    const { openDaemon } = await import('../../../site/index.ts');
    const { renderDemo } = await import('../render/demo.ts');
    // The first command of the README does all the set-up, also where nobody can answer.
    const options = daemonOptions(session, { yes: flags.yes || !asker(session) });
    const folder = await prepareDemo(session.language);
    await using daemon = await openDaemon({ sandbox: DEMO_SANDBOX }, { ...options, makes: true });
    const program = await programName(session.cwd);
    const report = await runDemo(daemon, session);
    const shown = { folder, ...report };
    session.result({ type: 'demo', ...shown }, () => renderDemo(shown, program, session));
    return report.good ? ExitCode.done : ExitCode.failed;
  },
});

async function takeAway(session: Session, yes: boolean): Promise<ExitCode> {
  const { deleteDemo } = await import('../demo.ts');
  await askYes(session, yes, {
    en: 'Delete the demonstration with everything in it?',
    fr: 'Supprimer la démonstration et tout son contenu ?',
  });
  await deleteDemo(session);
  session.result({ type: 'demo', deleted: true }, () => '');
  return ExitCode.done;
}
