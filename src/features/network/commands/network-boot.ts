import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { Daemon } from '../../../site/index.ts';
import type { RulesSource } from '../rules-source.ts';

/** `anklume network boot on|off` */
export const boot = command({
  brief: {
    en: 'Load the rules at every boot, or stop doing so',
    fr: 'Charger les règles à chaque démarrage, ou cesser de le faire',
  },
  description: {
    en: 'on: shows the rules and a systemd unit, then writes them below /etc. off: deletes both. Files that anklume did not write, or that were edited since, are left alone.',
    fr: "on : montre les règles et une unité systemd, puis les écrit sous /etc. off : supprime les deux. Les fichiers qu'anklume n'a pas écrits, ou modifiés depuis, sont laissés tels quels.",
  },
  examples: [
    ['anklume network boot on', { en: 'from the next boot', fr: 'dès le prochain démarrage' }],
    ['anklume network boot off', { en: 'no more', fr: 'plus du tout' }],
  ],
  flags: { ...projectFlags, ...daemonFlags },
  words: [{ name: 'STATE', brief: { en: 'on or off', fr: 'on ou off' }, choices: ['on', 'off'] }],
  async run(session, flags, state) {
    const { openDaemon } = await import('../../../site/index.ts');
    const { readRulesSource } = await import('../rules-source.ts');
    const { disableBootWalls } = await import('../boot-walls.ts');
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    if (state === 'on') {
      const source = await readRulesSource({ cwd: session.cwd, infra: flags.infra }, daemon);
      await switchBootOn(session, flags.yes, source, daemon);
      return undefined;
    }
    const changed = await disableBootWalls(daemon, session.emit);
    session.result({ type: 'boot', state: 'off', changed }, () =>
      session.t({
        en: "The rules are not loaded at boot, and no machine starts before 'anklume up'.",
        fr: 'Les règles ne sont pas chargées au démarrage, et aucune machine ne démarre avant « anklume up ».',
      }),
    );
    return undefined;
  },
});

/** Shows the files, asks, writes them, and switches the service on. */
export async function switchBootOn(
  session: Session,
  yes: boolean,
  rules: RulesSource,
  daemon: Daemon,
): Promise<void> {
  const { planBootWalls, enableBootWalls } = await import('../boot-walls.ts');
  const { heldMachines } = await import('../boot-hold.ts');
  const files = await planBootWalls(rules, daemon);
  for (const { path, text } of files)
    session.result({ type: 'boot-file', path, text }, () =>
      [session.paint.strong(path), text.trimEnd(), ''].join('\n'),
    );
  if (files.length > 0)
    await askYes(session, yes, {
      en: 'Write these files, and load the rules at every boot?',
      fr: 'Écrire ces fichiers, et charger les règles à chaque démarrage ?',
    });
  const held = await heldMachines(daemon);
  await enableBootWalls(rules, daemon);
  session.result({ type: 'boot', state: 'on', changed: files.length > 0 }, () =>
    session.t({
      en: 'The rules are loaded at every boot.',
      fr: 'Les règles sont chargées à chaque démarrage.',
    }),
  );
  if (held) session.emit({ type: 'note', level: 'info', ...stillHeld });
}

const stillHeld = {
  code: 'boot-still-held',
  text: {
    en: 'Machines do not start with the host, because nothing loaded the rules before them.',
    fr: "Des machines ne démarrent pas avec l'hôte, car rien ne chargeait les règles avant elles.",
  },
  remedy: {
    en: "Run 'anklume apply infra': it lets them start with the host again.",
    fr: "Lancez « anklume apply infra » : elles démarreront de nouveau avec l'hôte.",
  },
};
