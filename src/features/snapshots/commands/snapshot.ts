import { ExitCode, type Text } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import type { Meant } from '../act.ts';
import { restore } from './snapshot-restore.ts';
import { SNAPSHOT, TARGET, withMachines } from './snapshot-targets.ts';

const flagsOfAll = { ...projectFlags, ...daemonFlags };

const create = command({
  brief: { en: 'Make a snapshot', fr: 'Faire un instantané' },
  description: {
    en: 'Of one machine, a domain, or everything, in parallel; running or stopped. Without a name it is called after the time. Nothing else is changed. Storage volumes of a machine (storage_volumes) are not part of it.',
    fr: "D'une machine, d'un domaine ou de tout, en parallèle ; en marche ou à l'arrêt. Sans nom, il porte la date et l'heure. Rien d'autre n'est modifié. Les volumes d'une machine (storage_volumes) n'en font pas partie.",
  },
  examples: [
    ['anklume snapshot create', { en: 'every machine', fr: 'toutes les machines' }],
    [
      'anklume snapshot create pro-dev before-change',
      { en: 'one machine, with a name', fr: 'une machine, avec un nom' },
    ],
    ['anklume snapshot create pro', { en: 'a domain', fr: 'un domaine' }],
    [
      'anklume snapshot create self',
      { en: 'the machine that this runs in', fr: 'la machine où tourne la commande' },
    ],
  ],
  flags: flagsOfAll,
  words: [
    { ...TARGET, optional: true },
    { ...SNAPSHOT, optional: true },
  ],
  async run(session, flags, target, given) {
    const { checkName, alone } = await import('../../../site/index.ts');
    const { createSnapshots } = await import('../act.ts');
    const { renderSnapshots } = await import('../render/snapshots.ts');
    if (given !== undefined) checkName(given);
    const { emit, signal } = session;
    return withMachines(session, flags, target, async ({ incus, daemon, places, choice }) => {
      const report = await alone(daemon, 'snapshot create', session, () =>
        createSnapshots(incus, places, given, choice, { emit, signal, host: daemon.host }),
      );
      session.result({ type: 'snapshot', ...report }, () => renderSnapshots(report, session));
      return report.failed > 0 ? ExitCode.failed : ExitCode.done;
    });
  },
});

const list = command({
  brief: {
    en: 'The snapshots, oldest first',
    fr: 'Les instantanés, du plus ancien au plus récent',
  },
  examples: [
    ['anklume snapshot list', { en: 'of every machine', fr: 'de toutes les machines' }],
    ['anklume snapshot list pro-dev', { en: 'of one', fr: "d'une seule" }],
  ],
  flags: flagsOfAll,
  words: [{ ...TARGET, optional: true }],
  async run(session, flags, target) {
    const { listSnapshots } = await import('../list.ts');
    const { renderSnapshotList } = await import('../render/snapshots.ts');
    return withMachines(session, flags, target, async ({ incus, places }) => {
      const snapshots = await listSnapshots(incus, places, session);
      session.result({ type: 'snapshots', snapshots }, () =>
        renderSnapshotList(snapshots, session),
      );
      return ExitCode.done;
    });
  },
});

const remove = command({
  brief: { en: 'Remove a snapshot', fr: 'Supprimer un instantané' },
  description: {
    en: 'It is asked first, as what only that snapshot holds is lost. Where a machine has no snapshot of that name, there is nothing to do.',
    fr: "La question est d'abord posée, car ce que seul cet instantané contient est perdu. Là où une machine n'a pas d'instantané de ce nom, il n'y a rien à faire.",
  },
  examples: [
    [
      'anklume snapshot delete pro-dev before-change',
      { en: 'of one machine', fr: "d'une machine" },
    ],
    [
      'anklume snapshot delete all monday --yes',
      { en: 'of all, without asking', fr: 'de toutes, sans poser de question' },
    ],
  ],
  flags: flagsOfAll,
  words: [TARGET, SNAPSHOT],
  async run(session, flags, target, name = '') {
    const { deleteFromMachines } = await import('../delete.ts');
    const { renderSnapshots } = await import('../render/snapshots.ts');
    const confirm = (meant: readonly Meant[]) => askYes(session, flags.yes, question(name, meant));
    return withMachines(session, flags, target, async ({ daemon, ...found }) => {
      const report = await deleteFromMachines(daemon, { ...found, name, confirm }, session);
      session.result({ type: 'snapshot', ...report }, () => renderSnapshots(report, session));
      return report.failed > 0 ? ExitCode.failed : ExitCode.done;
    });
  },
});

function question(name: string, meant: readonly Meant[]): Text {
  const machines = meant.map(({ machine }) => machine).join(', ');
  return {
    en: `Remove the snapshot '${name}' of ${machines}, for good?`,
    fr: `Supprimer définitivement l'instantané « ${name} » de ${machines} ?`,
  };
}

/** `anklume snapshot ...`; without a verb it makes one. */
export const snapshot: Declared = group(
  { en: 'Snapshots of machines', fr: 'Les instantanés des machines' },
  { create, list, restore, delete: remove },
  'create',
);
