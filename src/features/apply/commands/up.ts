import { ExitCode } from '../../../base/messages/index.ts';
import {
  cacheFlags,
  hereFlag,
  isolationFlag,
  renameFlags,
  safetyFlags,
} from '../../../kit/apply-flags.ts';
import { asker, askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import {
  choice,
  consentFlags,
  daemonFlags,
  projectFlags,
  toggle,
  word,
} from '../../../kit/flags.ts';
import { parseSeconds } from '../../../kit/seconds.ts';
import type { Session } from '../../../kit/session.ts';
import { showProblems } from '../../../kit/show-problems.ts';
import type { OfferBoot } from '../../network/index.ts';

export const up = command({
  brief: {
    en: 'Sync, apply, load the isolation rules and verify them',
    fr: "Synchroniser, appliquer, charger les règles d'isolation et les vérifier",
  },
  description: {
    en: 'From infra.yml to running, isolated machines, with a proof by real packets. A second run changes nothing. A problem in infra.yml stops everything before anything is touched.',
    fr: 'De infra.yml à des machines en marche et isolées, avec une preuve par de vrais paquets. Une seconde exécution ne change rien. Un problème dans infra.yml arrête tout avant que rien ne soit touché.',
  },
  examples: [
    ['anklume up', { en: "on this machine's Incus", fr: "sur l'Incus de cette machine" }],
    ['anklume up --sandbox', { en: 'on the embedded one', fr: 'sur celui du bac à sable' }],
  ],
  flags: {
    partial: toggle({
      en: 'Do the rest when part of the plan is refused',
      fr: 'Faire le reste quand une partie du plan est refusée',
    }),
    prune: toggle({
      en: 'Also remove what is no longer declared, unless protected',
      fr: "Supprimer aussi ce qui n'est plus déclaré, sauf si protégé",
    }),
    adopt: toggle({
      en: 'Take over objects of the same name that somebody else made',
      fr: "Prendre en charge les objets de même nom créés par quelqu'un d'autre",
    }),
    strict: toggle({ en: 'Unknown keys are errors', fr: 'Les clés inconnues sont des erreurs' }),
    skipProvision: toggle({
      en: 'Leave the insides of machines alone',
      fr: "Ne pas toucher à l'intérieur des machines",
    }),
    addressWait: word('SECONDS', {
      en: 'How long a container may take to get its address (default 60)',
      fr: 'Le temps laissé à un conteneur pour recevoir son adresse (60 par défaut)',
    }),
    proof: choice('DEPTH', ['quick', 'full', 'none'], {
      en: 'Proof by some machines of each domain (quick, default), all (full), or none',
      fr: 'Preuve par quelques machines par domaine (quick, par défaut), toutes (full), ou aucune',
    }),
    agentWait: word('SECONDS', {
      en: 'How long the agent of a virtual machine may take to answer (default 120)',
      fr: "Le temps laissé à l'agent d'une machine virtuelle pour répondre (120 par défaut)",
    }),
    noBoot: toggle({
      en: 'Do not offer to load the rules at boot',
      fr: 'Ne pas proposer de charger les règles au démarrage',
    }),
    ...hereFlag,
    ...isolationFlag,
    ...cacheFlags,
    ...safetyFlags,
    ...renameFlags,
    ...projectFlags,
    ...daemonFlags,
    ...consentFlags,
  },
  async run(session, flags) {
    const { bringUp } = await import('../bring-up.ts');
    const { endingOf } = await import('../provision.ts');
    const { hasAdmin } = await import('../../admin/index.ts');
    const { openDaemon, openProject, rememberDaemon } = await import('../../../site/index.ts');
    const { renderUp } = await import('../render/up.ts');
    const { addressWait, agentWait } = flags;
    const patience = {
      ...(addressWait !== undefined && {
        addressSeconds: parseSeconds('--address-wait', addressWait),
      }),
      ...(agentWait !== undefined && { agentSeconds: parseSeconds('--agent-wait', agentWait) }),
    };
    const project = await openProject({
      cwd: session.cwd,
      infra: flags.infra,
      strict: flags.strict,
    });
    await using daemon = await openDaemon(flags, { ...daemonOptions(session, flags), makes: true });
    await rememberDaemon(project.root, daemon, session.emit);
    session.isRemembered();
    const confirm = () =>
      askYes(session, flags.yes, {
        en: 'Delete what is no longer declared (anklume plan --prune shows it)?',
        fr: "Supprimer ce qui n'est plus déclaré (anklume plan --prune le montre) ?",
      });
    const { partial, prune, adopt, skipSnapshot, noCache, noIsolation, rename, noRename } = flags;
    // Rules and proof are about this host; only the insides of machines are for the admin container.
    const named = flags.socket ?? flags.remote ?? flags.sandbox;
    const inAdmin =
      !(flags.here || flags.skipProvision) &&
      named === undefined &&
      (await hasAdmin(project.root, daemon));
    const skipProvision = flags.skipProvision || inAdmin;
    const report = await bringUp(
      project,
      daemon,
      {
        ...{ partial, prune, adopt, skipProvision, skipSnapshot, noCache, noIsolation, confirm },
        ...{ rename, noRename },
        ...patience,
        proof: flags.proof ?? 'quick',
        ...offering(session, flags),
      },
      session,
      (problems) => showProblems(session, problems),
    );
    session.result({ type: 'up', ...report }, () => session.fit(renderUp(report, session)));
    if (report.good && inAdmin) {
      const { delegated } = await import('../delegated.ts');
      const common = { ...session.common, noCache, yes: flags.yes, infra: flags.infra };
      return (await delegated(session, common, 'provision')) ?? ExitCode.failed;
    }
    if (report.good) return ExitCode.done;
    return endingOf(report.provision) || ExitCode.failed;
  },
});

/** The offer to load the rules at boot; none where it was declined beforehand, or nobody can answer. */
function offering(session: Session, { noBoot, yes }: { noBoot: boolean; yes: boolean }) {
  const ask = asker(session);
  if (noBoot || !(yes || ask)) return {};
  const offerBoot: OfferBoot = async (files) => {
    if (yes) return true;
    for (const { path, text } of files)
      session.terminal.stderr.write(
        [session.paint.strong(path), text.trimEnd(), '', ''].join('\n'),
      );
    return (await ask?.(question)) ?? false;
  };
  return { offerBoot };
}

const question = {
  en: 'Nothing loads the isolation rules at boot, so machines do not start with this host. Write these files, and load the rules at every boot?',
  fr: "Rien ne charge les règles d'isolation au démarrage : les machines ne démarrent donc pas avec cet hôte. Écrire ces fichiers, et charger les règles à chaque démarrage ?",
};
