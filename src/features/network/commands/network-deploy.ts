import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { asker, askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { RulesSource } from '../rules-source.ts';

export const deploy = command({
  brief: {
    en: "Load the isolation rules into the host's nftables",
    fr: "Charger les règles d'isolation dans le nftables de l'hôte",
  },
  description: {
    en: 'Shows what changes, lets nft check it, and replaces only the tables called anklume, in one transaction. If the same rules are loaded already, nothing is done. If the host loses its gateway with the new rules, the previous rules are restored.',
    fr: "Montre ce qui change, le fait vérifier par nft, et remplace seulement les tables nommées anklume, en une seule transaction. Si les mêmes règles sont déjà chargées, rien n'est fait. Si l'hôte perd sa passerelle avec les nouvelles règles, les précédentes sont restaurées.",
  },
  examples: [
    ['anklume network deploy', { en: 'after a sync', fr: 'après une synchronisation' }],
    [
      'anklume network deploy --confirm 60',
      {
        en: 'restore the previous rules unless you confirm within a minute',
        fr: 'restaurer les règles précédentes sans confirmation dans la minute',
      },
    ],
    [
      'anklume network deploy --machine anklume-instance:/srv/infra/nftables/anklume.nft',
      {
        en: 'rules made in the admin container',
        fr: "des règles produites dans le conteneur d'administration",
      },
    ],
    [
      'anklume network deploy --boot',
      { en: 'and again at every boot', fr: 'et de nouveau à chaque démarrage' },
    ],
  ],
  flags: {
    from: word('FILE', {
      en: 'Rules from a file instead of the tree',
      fr: "Des règles d'un fichier plutôt que de l'arborescence",
    }),
    machine: word('[PROJECT/]MACHINE:/PATH', {
      en: 'Rules from a file inside a machine, fetched through Incus',
      fr: "Des règles d'un fichier dans une machine, lu à travers Incus",
    }),
    confirm: word('SECONDS', {
      en: 'Restore the previous rules unless the new ones are confirmed within this time',
      fr: 'Restaurer les règles précédentes sans confirmation dans ce délai',
    }),
    boot: toggle({
      en: 'Also load them at every boot: a systemd unit, shown first',
      fr: "Les charger aussi à chaque démarrage : une unité systemd, montrée d'abord",
    }),
    dryRun: toggle({
      en: 'Only show what would change',
      fr: 'Montrer seulement ce qui changerait',
    }),
    ...projectFlags,
    ...daemonFlags,
  },
  async run(session, flags) {
    const { openDaemon, alone } = await import('../../../site/index.ts');
    const { readRulesSource } = await import('../rules-source.ts');
    const { planDeployment, isDeployed, steerAsTold } = await import('../plan-deployment.ts');
    const { loadRules } = await import('../walls.ts');
    const { renewBoot } = await import('../boot-rules.ts');
    const { renderFirstRules, renderRulesDiff } = await import('../render/rules-diff.ts');
    const seconds = flags.confirm === undefined ? undefined : parseSeconds(flags.confirm);
    await using daemon = await openDaemon(flags, daemonOptions(session, flags));
    const source = await readRulesSource({ ...flags, cwd: session.cwd }, daemon);
    const { stale } = source;
    if (stale) session.emit({ type: 'note', level: 'warning', code: 'tree-stale', text: stale });
    const plan = await planDeployment(source, daemon);
    // Rules that were made elsewhere, and those that are asked to be seen, are shown whole.
    const brief = flags.dryRun || source.foreign ? undefined : renderFirstRules(plan.diff, session);
    if (plan.changed)
      session.result(
        { type: 'rules-diff', blocks: plan.diff },
        () => brief ?? renderRulesDiff(plan.diff, session),
      );
    if (flags.dryRun) {
      if (!plan.changed) session.say(IN_FORCE);
      return undefined;
    }
    if (plan.changed) await askToLoad(session, flags.yes, source);
    if (plan.rules) {
      const safety = {
        foreign: source.foreign,
        declared: source.declared,
        ...(seconds !== undefined && { confirm: { seconds, program: ownProgram() } }),
      };
      const { pending } = await alone(daemon, 'network deploy', session, () =>
        loadRules(source.text, daemon, session, safety),
      );
      if (pending) {
        const { awaitConfirmation } = await import('./network-confirm.ts');
        await awaitConfirmation(session, pending);
        if (!(await isDeployed(source, daemon))) throw notConfirmed();
        await renewBoot(source, daemon, session.emit);
      }
    }
    // After the rules: until then the host would pass on what only the firewall machine may.
    const steering = await steerAsTold(source, daemon);
    const changed = plan.rules || steering.changed;
    session.result({ type: 'deployment', changed }, () =>
      session.t(
        changed ? { en: 'The rules were loaded.', fr: 'Les règles ont été chargées.' } : IN_FORCE,
      ),
    );
    if (flags.boot) {
      const { switchBootOn } = await import('./network-boot.ts');
      await switchBootOn(session, flags.yes, source, daemon);
    }
    return undefined;
  },
});

const IN_FORCE = {
  en: 'The rules were already in force.',
  fr: 'Les règles étaient déjà en vigueur.',
};

/** On a terminal there is a question. Without one, rules of the own tree are loaded, and others only with `--yes`. */
async function askToLoad(session: Session, yes: boolean, { foreign }: RulesSource): Promise<void> {
  if (!foreign && !asker(session)) return;
  await askYes(session, yes, {
    en: 'Load these rules?',
    fr: 'Charger ces règles ?',
  });
}

/** The command line that runs this tool again, in the same way. */
function ownProgram(): readonly string[] {
  return [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
}

/** A day: whoever needs longer has forgotten it. */
const LONGEST_WAIT = 86_400;

function parseSeconds(untrustedWord: string): number {
  const seconds = /^\d{1,6}$/.test(untrustedWord) ? Number(untrustedWord) : 0;
  if (seconds >= 1 && seconds <= LONGEST_WAIT) return seconds;
  throw new AnklumeError({
    code: 'bad-seconds',
    exit: ExitCode.usage,
    message: {
      en: `--confirm takes a number of seconds from 1 to ${LONGEST_WAIT}.`,
      fr: `--confirm prend un nombre de secondes de 1 à ${LONGEST_WAIT}.`,
    },
  });
}

function notConfirmed(): AnklumeError {
  return new AnklumeError({
    code: 'not-confirmed',
    message: {
      en: 'The new rules were not confirmed. The previous rules are in force again.',
      fr: "Les nouvelles règles n'ont pas été confirmées. Les précédentes sont de nouveau en vigueur.",
    },
  });
}
