import { AnklumeError, ExitCode, type Text } from '../../messages/index.ts';
import { askYes } from '../frame/ask.ts';
import { command } from '../frame/command.ts';
import { daemonFlags, projectFlags } from '../frame/flags.ts';
import { SNAPSHOT, TARGET, withMachines } from './snapshot-targets.ts';

/** `anklume snapshot restore`, and `anklume restore`, which is the same. */
export const restore = command({
  brief: {
    en: 'Bring machines back to a snapshot',
    fr: 'Ramener des machines à un instantané',
  },
  description: {
    en: 'Data, settings and devices go back to what they were; what runs is stopped for it and runs again afterwards. What was written since is lost, so protected machines (ephemeral: false) are asked about. Without a name, one machine goes back to its newest snapshot.',
    fr: "Données, réglages et périphériques redeviennent ce qu'ils étaient ; ce qui tourne est arrêté pour cela puis relancé. Ce qui a été écrit depuis est perdu : pour les machines protégées (ephemeral: false), la question est posée. Sans nom, une machine revient à son instantané le plus récent.",
  },
  examples: [
    ['anklume snapshot restore pro-dev before-change', { en: 'one machine', fr: 'une machine' }],
    ['anklume restore pro-dev', { en: 'its newest snapshot', fr: 'son instantané le plus récent' }],
    [
      'anklume snapshot restore pro monday --yes',
      { en: 'a whole domain, without asking', fr: 'un domaine entier, sans poser de question' },
    ],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [TARGET, { ...SNAPSHOT, optional: true }],
  async run(session, flags, target = '', name) {
    const { restoreSnapshots } = await import('../../snapshots/index.ts');
    const { alone } = await import('../../up/index.ts');
    const { renderSnapshots } = await import('../render/snapshots.ts');
    const confirm = (machines: readonly string[]) =>
      askYes(session, flags.yes, question(machines, name));
    const { emit, signal } = session;
    return withMachines(session, flags, target, async ({ incus, daemon, places, choice }) => {
      if (name === undefined && !choice.one) throw nameIt(target);
      const report = await alone(daemon, 'snapshot restore', session, () =>
        restoreSnapshots(
          incus,
          places,
          name,
          { ...choice, confirm },
          { emit, signal, host: daemon.host },
        ),
      );
      session.result({ type: 'snapshot', ...report }, () => renderSnapshots(report, session));
      return report.failed > 0 ? ExitCode.failed : ExitCode.done;
    });
  },
});

function question(machines: readonly string[], name: string | undefined): Text {
  const all = machines.join(', ');
  const to = name === undefined ? 'the newest snapshot' : `'${name}'`;
  const fr = name === undefined ? "à l'instantané le plus récent" : `à « ${name} »`;
  return {
    en: `Bring ${all} back to ${to}? What was written since is lost.`,
    fr: `Ramener ${all} ${fr} ? Ce qui a été écrit depuis est perdu.`,
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
