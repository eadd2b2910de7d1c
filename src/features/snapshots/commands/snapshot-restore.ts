import { AnklumeError, ExitCode, type Text } from '../../../base/messages/index.ts';
import { shownTime } from '../../../base/system/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonFlags, projectFlags, toggle } from '../../../kit/flags.ts';
import type { Meant } from '../act.ts';
import { SNAPSHOT, TARGET, withMachines } from './snapshot-targets.ts';

/** `anklume snapshot restore`, and `anklume restore`, which is the same. */
export const restore = command({
  brief: {
    en: 'Bring machines back to a snapshot',
    fr: 'Ramener des machines à un instantané',
  },
  description: {
    en: "Data, settings and devices go back to what they were; what runs is stopped for it and runs again afterwards. What was written since is kept in a safety snapshot first, and 'anklume rollback' restores it. Without a name, one machine goes back to the newest snapshot that somebody made; those of a schedule and of apply have to be named.",
    fr: "Données, réglages et périphériques redeviennent ce qu'ils étaient ; ce qui tourne est arrêté pour cela puis relancé. Ce qui a été écrit depuis est d'abord gardé dans un instantané de sûreté, et « anklume rollback » le restaure. Sans nom, une machine revient à l'instantané le plus récent que quelqu'un a fait ; à ceux d'un horaire et d'apply, on revient en les nommant.",
  },
  examples: [
    ['anklume snapshot restore pro-dev before-change', { en: 'one machine', fr: 'une machine' }],
    [
      'anklume restore pro-dev',
      { en: 'the newest that somebody made', fr: "le plus récent que quelqu'un a fait" },
    ],
    [
      'anklume snapshot restore pro monday --yes',
      { en: 'a whole domain, without asking', fr: 'un domaine entier, sans poser de question' },
    ],
  ],
  flags: {
    skipSnapshot: toggle({
      en: 'No safety snapshot: what was written since is lost',
      fr: "Pas d'instantané de sûreté : ce qui a été écrit depuis est perdu",
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  words: [TARGET, { ...SNAPSHOT, optional: true }],
  async run(session, flags, target = '', name) {
    const { restoreMachines } = await import('../restore.ts');
    const { renderRestored } = await import('../render/snapshots.ts');
    const { skipSnapshot } = flags;
    const confirm = (meant: readonly Meant[]) =>
      askYes(session, flags.yes, question(meant, skipSnapshot));
    return withMachines(session, flags, target, async ({ daemon, ...found }) => {
      if (name === undefined && !found.choice.one) throw nameIt(target);
      const choices = { ...found, name, skipSnapshot, confirm };
      const report = await restoreMachines(daemon, choices, session);
      session.result({ type: 'snapshot', ...report }, () => renderRestored(report, session));
      return report.failed > 0 ? ExitCode.failed : ExitCode.done;
    });
  },
});

function question(meant: readonly Meant[], skipSnapshot: boolean): Text {
  const all = meant
    .map(({ machine, snapshot, madeAt }) => `${machine} → ${snapshot} (${shownTime(madeAt)})`)
    .join(', ');
  return skipSnapshot
    ? {
        en: `Restore ${all}? What was written since is lost.`,
        fr: `Restaurer ${all} ? Ce qui a été écrit depuis est perdu.`,
      }
    : {
        en: `Restore ${all}? What was written since is kept in a safety snapshot.`,
        fr: `Restaurer ${all} ? Ce qui a été écrit depuis est gardé dans un instantané de sûreté.`,
      };
}

function nameIt(target: string): AnklumeError {
  return new AnklumeError({
    code: 'snapshot-name-needed',
    exit: ExitCode.usage,
    message: {
      en: `Several machines go back together only to a snapshot that is named.`,
      fr: `Plusieurs machines ne reviennent ensemble qu'à un instantané nommé.`,
    },
    remedy: {
      en: `'anklume snapshot list ${target}' shows the names.`,
      fr: `« anklume snapshot list ${target} » montre les noms.`,
    },
  });
}
