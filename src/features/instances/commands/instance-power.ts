import { ExitCode, type Text } from '../../../base/messages/index.ts';
import { askYes } from '../../../kit/ask.ts';
import { command, type Declared, type Example } from '../../../kit/command.ts';
import { domainAndMachineNames } from '../../../kit/completion/names.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import { wholeNumber } from '../../../kit/whole-number.ts';
import type { PowerAction } from '../power.ts';

export const start = power(
  'start',
  { en: 'Start machines', fr: 'Démarrer des machines' },
  { en: 'Machines that run are left alone.', fr: 'Les machines en marche ne sont pas touchées.' },
);
export const stop = power(
  'stop',
  { en: 'Stop machines', fr: 'Arrêter des machines' },
  {
    en: 'Each is asked to shut down. Protected machines (ephemeral: false) are asked about first.',
    fr: "Chacune est priée de s'éteindre. Pour les machines protégées (ephemeral: false), la question est d'abord posée.",
  },
);
export const restart = power(
  'restart',
  { en: 'Restart machines', fr: 'Redémarrer des machines' },
  {
    en: 'Those that are stopped are started. Protected machines (ephemeral: false) are asked about first.',
    fr: "Celles qui sont arrêtées sont démarrées. Pour les machines protégées (ephemeral: false), la question est d'abord posée.",
  },
);

/** `anklume down`: `instance stop` of everything where nothing is named. */
export const down = power(
  'stop',
  {
    en: 'Stop all machines, and keep them',
    fr: 'Arrêter toutes les machines, sans rien supprimer',
  },
  {
    en: "Each is asked to shut down; 'anklume up' starts them again. Nothing is deleted: 'anklume flush' does that. Protected machines (ephemeral: false) are asked about first.",
    fr: "Chacune est priée de s'éteindre ; « anklume up » les redémarre. Rien n'est supprimé : c'est l'affaire de « anklume flush ». Pour les machines protégées (ephemeral: false), la question est d'abord posée.",
  },
  [
    ['anklume down', { en: 'all of them', fr: 'toutes' }],
    ['anklume down pro', { en: 'one domain', fr: 'un domaine' }],
  ],
);

type Examples = readonly [Example, ...Example[]];

function usualExamples(action: PowerAction): Examples {
  return [
    [`anklume instance ${action} pro-dev`, { en: 'one machine', fr: 'une machine' }],
    [
      `anklume instance ${action} pro homelab`,
      { en: 'whole domains, in parallel', fr: 'des domaines entiers, en parallèle' },
    ],
  ];
}

/** With `ofAll`, examples of its own, it is about all machines where none is named. */
function power(action: PowerAction, brief: Text, description: Text, ofAll?: Examples): Declared {
  return command({
    brief,
    description,
    examples: ofAll ?? usualExamples(action),
    flags: {
      ...(action !== 'start' && {
        force: toggle({ en: 'End them without asking them', fr: 'Les arrêter sans les prévenir' }),
        timeout: word('SECONDS', {
          en: 'How long one may take to stop by itself (30)',
          fr: "Temps laissé à une machine pour s'arrêter d'elle-même (30)",
        }),
      }),
      ...projectFlags,
      ...daemonFlags,
    },
    rest: { name: 'DOMAIN|MACHINE', least: ofAll ? 0 : 1, propose: domainAndMachineNames },
    async run(session, flags, ...words) {
      const { changePower, toldPower } = await import('../change-power.ts');
      const { openDaemon } = await import('../../../site/index.ts');
      const { renderPower } = await import('../render/power.ts');
      const timeoutSeconds = wholeNumber('--timeout', flags.timeout);
      const chosen = await chosenPlaces(session, flags.infra, words);
      await using daemon = await openDaemon(flags, daemonOptions(session, flags));
      const confirm = (names: readonly string[]) => askYes(session, flags.yes, question(names));
      const wanted = { ...chosen, action, force: flags.force === true, timeoutSeconds, confirm };
      const outcomes = await changePower(daemon, wanted, session);
      const machines = outcomes.map(toldPower);
      session.result({ type: 'power', action, machines }, () => renderPower(outcomes, session));
      return outcomes.some(({ result }) => result === 'failed') ? ExitCode.failed : ExitCode.done;
    },
  });
}

/** The machines that words name; all of them without a word. */
async function chosenPlaces(
  { cwd }: Session,
  infra: string | undefined,
  words: readonly (string | undefined)[],
) {
  const { placesOf } = await import('../find.ts');
  const { openWorld } = await import('../../../site/index.ts');
  const { desired } = await openWorld({ cwd, infra });
  const names = words.filter((one) => one !== undefined);
  const places = placesOf(desired, names.length > 0 ? names : ['all']);
  return { places, ofAll: names.every((one) => one === 'all') };
}

function question(machines: readonly string[]): Text {
  const all = machines.join(', ');
  return {
    en: `Interrupt what runs in ${all} (protected)?`,
    fr: `Interrompre ce qui tourne dans ${all} (protégée) ?`,
  };
}
