import { ExitCode } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { consentFlags, toggle, word } from '../../../kit/flags.ts';

/** `anklume host uninstall` */
export const uninstall = command({
  brief: {
    en: 'Take back everything that bootstrap changed on this host',
    fr: 'Retirer tout ce que bootstrap a modifié sur cet hôte',
  },
  description: {
    en: 'Puts back what stood there before, the last change first: files, settings, services, groups, packages. What you edited since stays, and so does Incus while it holds machines, volumes or images: --purge with the name of this host deletes them too.',
    fr: "Remet ce qui s'y trouvait auparavant, en commençant par le dernier changement : fichiers, réglages, services, groupes, paquets. Ce que vous avez modifié depuis reste, de même qu'Incus tant qu'il contient des machines, des volumes ou des images : --purge avec le nom de cet hôte les supprime aussi.",
  },
  examples: [
    ['anklume host uninstall --dry-run', { en: 'what would go', fr: 'ce qui partirait' }],
    ['sudo anklume host uninstall', { en: 'asks, then does it', fr: 'demande, puis le fait' }],
    [
      'sudo anklume host uninstall --purge my-host',
      { en: 'machines and their data too', fr: 'les machines et leurs données aussi' },
    ],
  ],
  flags: {
    dryRun: toggle({ en: 'Show it, change nothing', fr: 'Le montrer, ne rien changer' }),
    purge: word('HOSTNAME', {
      en: 'Delete machines, volumes and images too; the name of this host confirms it',
      fr: 'Supprimer aussi machines, volumes et images ; le nom de cet hôte le confirme',
    }),
    ...consentFlags,
  },
  async run(session, flags) {
    const { lookBack, refuseWrongName } = await import('../look-back.ts');
    const { carryBack } = await import('../carry-out.ts');
    const { renderRemoval } = await import('../render/removal.ts');
    const purge = refuseWrongName(flags.purge);
    const removed = await lookBack(purge);
    const goes = removed.filter((one) => !one.kept);
    session.result({ type: 'host-removal', changes: removed }, () =>
      renderRemoval(removed, session),
    );
    if (flags.dryRun || removed.length === 0) return undefined;
    if (goes.length > 0) await askYes(session, flags.yes, QUESTION);
    const kept = await carryBack(session, purge);
    session.result({ type: 'host-uninstall', kept }, () => renderRemoval(kept, session, 'after'));
    return kept.length > 0 ? ExitCode.failed : undefined;
  },
});

const QUESTION = { en: 'Take all of that back?', fr: 'Retirer tout cela ?' };
