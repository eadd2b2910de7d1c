import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { asker, askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { daemonFlags, projectFlags, toggle, word } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { RulesSource } from '../rules-source.ts';

export const deploy = command({
  brief: { en: "Load them into the host's nftables", fr: "Les charger dans le nftables de l'hôte" },
  description: {
    en: 'Shows what changes, has nft check it, and replaces the tables called anklume in one transaction and nothing else. Rules that are already exactly these are left alone. When the host loses its gateway with the new rules, the old ones come back.',
    fr: "Montre ce qui change, le fait vérifier par nft, et remplace en une seule transaction les tables nommées anklume et rien d'autre. Des règles déjà identiques sont laissées telles quelles. Quand l'hôte perd sa passerelle avec les nouvelles règles, les anciennes reviennent.",
  },
  examples: [
    ['anklume network deploy', { en: 'after a sync', fr: 'après une synchronisation' }],
    [
      'anklume network deploy --confirm 60',
      {
        en: 'the old rules come back unless you confirm within a minute',
        fr: 'les anciennes règles reviennent sans confirmation dans la minute',
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
      en: 'Bring the old rules back unless they are confirmed in this time',
      fr: 'Remettre les anciennes règles sans confirmation dans ce délai',
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
      en: 'The new rules were not confirmed. Those before them are back in force.',
      fr: "Les nouvelles règles n'ont pas été confirmées. Les précédentes sont de nouveau en vigueur.",
    },
  });
}
