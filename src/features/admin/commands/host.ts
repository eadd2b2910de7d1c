import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { AdminChange } from '../change-admin.ts';
import type { AdminStatus } from '../switch.ts';

const STATES = ['on', 'off', 'status'] as const;

export const admin = command({
  brief: {
    en: 'Whether anklume-instance is the admin container, in which apply runs',
    fr: "Si anklume-instance est le conteneur d'administration, dans lequel s'exécute apply",
  },
  description: {
    en: "On: gives the machine 'anklume-instance' the socket of Incus, the project folder and this program. Whoever is root in it then rules this host. From then on 'anklume apply' on the host runs inside it; '--here' runs it on the host. Off: takes all of it away again.",
    fr: "on : donne à la machine « anklume-instance » le socket d'Incus, le dossier du projet et ce programme. Qui est root à l'intérieur commande alors cet hôte. Dès lors, « anklume apply » sur l'hôte s'exécute à l'intérieur ; « --here » l'exécute sur l'hôte. off : retire le tout.",
  },
  examples: [
    ['anklume host admin on', { en: 'apply runs inside', fr: "apply s'exécute à l'intérieur" }],
    ['anklume host admin off', { en: 'apply runs here', fr: "apply s'exécute ici" }],
    ['anklume host admin status', { en: 'whether it works', fr: "s'il fonctionne" }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [
    {
      name: 'STATE',
      brief: { en: 'on, off or status', fr: 'on, off ou status' },
      choices: STATES,
    },
  ],
  async run(session, flags, state) {
    const { openWorld, openDaemon } = await import('../../../site/index.ts');
    const { changeAdmin } = await import('../change-admin.ts');
    const world = await openWorld({ cwd: session.cwd, infra: flags.infra });
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const wanted = STATES.find((one) => one === state) ?? 'off';
    const found = await changeAdmin(world, daemon, wanted, session.signal);
    session.result({ type: 'admin', ...found }, () => renderAdmin(session, found));
    return undefined;
  },
});

function renderAdmin(session: Session, found: AdminStatus | AdminChange): string {
  if ('answers' in found) return renderStatus(session, found);
  if (found.state === 'off') return session.t(NONE);
  const { instance } = found.place;
  return session.t({
    en: `${instance} is the admin container: 'anklume apply' runs inside it.`,
    fr: `${instance} est le conteneur d'administration : « anklume apply » s'y exécute.`,
  });
}

const NONE = {
  en: "There is no admin container: 'anklume apply' runs here.",
  fr: "Il n'y a pas de conteneur d'administration : « anklume apply » s'exécute ici.",
};

function renderStatus(session: Session, { place, running, answers }: AdminStatus): string {
  if (!place) return session.t(NONE);
  const { instance } = place;
  if (!running)
    return session.t({
      en: `${instance} is the admin container, and does not run or is none any more: 'anklume apply' runs here.`,
      fr: `${instance} est le conteneur d'administration, mais n'est pas démarré ou n'en est plus un : « anklume apply » s'exécute ici.`,
    });
  if (!answers)
    return session.t({
      en: `${instance} is the admin container, and Incus does not answer inside: 'anklume host admin on' repairs it.`,
      fr: `${instance} est le conteneur d'administration, mais Incus n'y répond pas : « anklume host admin on » le répare.`,
    });
  return session.t({
    en: `${instance} is the admin container, and Incus answers inside: 'anklume apply' runs there.`,
    fr: `${instance} est le conteneur d'administration, et Incus y répond : « anklume apply » s'y exécute.`,
  });
}
