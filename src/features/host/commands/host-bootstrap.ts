import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { consentFlags, toggle, word } from '../../../kit/flags.ts';
import { showProblems } from '../../../kit/show-problems.ts';

/** `anklume host bootstrap` */
export const bootstrap = command({
  brief: {
    en: 'Turn this machine into a host: Incus, network, boot, your compartments',
    fr: 'Faire de cette machine un hôte : Incus, réseau, démarrage, vos compartiments',
  },
  description: {
    en: "Shows first what would be installed, written, enabled and created, then does it after a yes. Everything that it changes is kept in a ledger: 'anklume host status' shows it, 'anklume host uninstall' takes back exactly that. Interrupted anywhere, the same command goes on.",
    fr: "Montre d'abord ce qui serait installé, écrit, activé et créé, puis le fait après un oui. Tout ce qui est modifié est noté dans un registre : « anklume host status » le montre, « anklume host uninstall » retire exactement cela. Interrompue n'importe où, la même commande reprend.",
  },
  examples: [
    ['anklume host bootstrap --dry-run', { en: 'what it would do', fr: 'ce que cela ferait' }],
    ['sudo anklume host bootstrap', { en: 'asks, then does it', fr: 'demande, puis le fait' }],
    [
      'sudo anklume host bootstrap --yes --answers answers.yml',
      { en: 'unattended', fr: 'sans personne' },
    ],
  ],
  flags: {
    dryRun: toggle({ en: 'Show it, change nothing', fr: 'Le montrer, ne rien changer' }),
    answers: word('FILE', {
      en: 'Answers to the questions, in YAML (docs/bootstrap.md lists them)',
      fr: 'Réponses aux questions, en YAML (docs/bootstrap_FR.md les énumère)',
    }),
    prod: toggle({
      en: 'Storage by the file system, and no destruction by a slip of the hand',
      fr: 'Stockage selon le système de fichiers, et rien de détruit par mégarde',
    }),
    dev: toggle({ en: 'Machines in plain folders', fr: 'Les machines dans de simples dossiers' }),
    adopt: toggle({
      en: 'Use an Incus that somebody else initialised, as it is',
      fr: "Utiliser un Incus initialisé par quelqu'un d'autre, tel quel",
    }),
    yolo: toggle({
      en: 'Dangerous settings are warnings instead of errors on this host',
      fr: "Sur cet hôte, les réglages dangereux sont des avertissements au lieu d'erreurs",
    }),
    noUp: toggle({
      en: 'Prepare the host, and make no machine',
      fr: "Préparer l'hôte, et ne créer aucune machine",
    }),
    ...consentFlags,
  },
  async run(session, flags) {
    const { planFor } = await import('../open.ts');
    const { exitOf } = await import('../refusals.ts');
    const { carryOut } = await import('../carry-out.ts');
    const { renderDone, renderPlan } = await import('../render/plan.ts');
    const { notes, ...plan } = await planFor(session, flags);
    session.result({ type: 'host-plan', ...plan }, () => renderPlan(plan, session));
    await showProblems(session, plan.problems);
    if (plan.problems.length > 0) return exitOf(plan.problems);
    for (const note of notes) session.emit(note);
    if (flags.dryRun) return undefined;
    if (plan.steps.length > 0) await askYes(session, flags.yes, QUESTION);
    await carryOut(session, plan);
    const changed = plan.steps.length;
    session.result({ type: 'host-bootstrap', changed }, () => renderDone(changed, session));
    return undefined;
  },
});

const QUESTION = {
  en: 'Change this host like that?',
  fr: 'Modifier cet hôte ainsi ?',
};
