import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Daemon } from '../../../site/index.ts';

/** `anklume host admin-service on|off` */
export const adminService = command({
  brief: {
    en: "A service that keeps the admin container's socket working",
    fr: "Un service qui maintient le socket du conteneur d'administration",
  },
  description: {
    en: 'On: shows a systemd unit, writes it below /etc after a yes, and starts it, now and at every boot. Incus binds the socket by itself at each start of the machine; the service looks after that, and binds it anew when it does not answer. Off: removes it. A file of others, or edited since, is left alone.',
    fr: "on : montre une unité systemd, l'écrit sous /etc après un oui, et la démarre, maintenant et à chaque démarrage. Incus rétablit de lui-même le socket à chaque démarrage de la machine ; le service y veille, et le rétablit s'il ne répond plus. off : la retire. Un fichier d'autrui, ou modifié depuis, est laissé tel quel.",
  },
  examples: [
    ['anklume host admin-service on', { en: 'from now on', fr: 'dès maintenant' }],
    ['anklume host admin-service off', { en: 'no more', fr: 'plus du tout' }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [{ name: 'STATE', brief: { en: 'on or off', fr: 'on ou off' }, choices: ['on', 'off'] }],
  async run(session, flags, state) {
    const { findProject, openDaemon } = await import('../../../site/index.ts');
    const { disableAdminService } = await import('../service-of-project.ts');
    const { root } = await findProject({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const changed =
      state === 'off'
        ? await disableAdminService(daemon)
        : await enableAfterAsking(session, flags.yes, root, daemon);
    const done = state === 'off' ? 'off' : 'on';
    session.result({ type: 'admin-service', state: done, changed }, () => session.t(NOW[done]));
    return undefined;
  },
});

const NOW = {
  off: {
    en: "No service keeps the admin container's socket.",
    fr: "Aucun service ne maintient le socket du conteneur d'administration.",
  },
  on: {
    en: "The service anklume-admin keeps the admin container's socket working.",
    fr: "Le service anklume-admin maintient le socket du conteneur d'administration.",
  },
};

/** Shows the file and asks where one is to be written; says whether there was. */
async function enableAfterAsking(
  session: Session,
  yes: boolean,
  root: string,
  daemon: Daemon,
): Promise<boolean> {
  const { planAdminService, enableAdminService } = await import('../service-of-project.ts');
  const file = await planAdminService(root, daemon);
  if (file) {
    const { path, text } = file;
    session.result({ type: 'service-file', path, text }, () =>
      [session.paint.strong(path), text.trimEnd(), ''].join('\n'),
    );
    await askYes(session, yes, {
      en: 'Write this file, and start the service now and at every boot?',
      fr: 'Écrire ce fichier, et démarrer le service maintenant et à chaque démarrage ?',
    });
  }
  await enableAdminService(root, daemon);
  return file !== undefined;
}

/** `anklume host admin-keep`: what the service runs. */
export const adminKeep = command({
  brief: {
    en: 'What that service runs: watches the socket until it is told to end',
    fr: "Ce que lance ce service : surveille le socket jusqu'à ce qu'on l'arrête",
  },
  examples: [
    [
      'anklume host admin-keep',
      { en: 'on hosts without systemd', fr: 'sur les hôtes sans systemd' },
    ],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  async run(session, flags) {
    const { findProject, openDaemon } = await import('../../../site/index.ts');
    const { keepAdmin } = await import('../service-of-project.ts');
    const { root } = await findProject({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    await keepAdmin(root, daemon, session);
    return undefined;
  },
});
