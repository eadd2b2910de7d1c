import { ExitCode } from '../../../base/messages/index.ts';
import {
  cacheFlags,
  choiceFlags,
  hereFlag,
  isolationFlag,
  safetyFlags,
} from '../../../kit/apply-flags.ts';
import { askYes } from '../../../kit/ask.ts';
import { command } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { consentFlags, toggle } from '../../../kit/flags.ts';
import { showWorld } from '../../../kit/show-problems.ts';
import { delegated } from '../delegated.ts';

export const PHASES = ['infra', 'provision'] as const;

export const apply = command({
  brief: { en: 'Carry out the plan', fr: 'Exécuter le plan' },
  description: {
    en: 'Brings the daemon to what the tree says, in parallel. What fails stops only what depends on it; running it again goes on from there.',
    fr: "Amène le démon à ce que dit l'arborescence, en parallèle. Un échec n'arrête que ce qui en dépend ; relancer reprend à partir de là.",
  },
  examples: [
    ['anklume apply', { en: 'everything', fr: 'tout' }],
    ['anklume apply infra --limit homelab', { en: 'one domain', fr: 'un seul domaine' }],
    [
      'anklume apply provision --limit pro-dev',
      { en: 'only the roles, in one machine', fr: 'seulement les rôles, dans une machine' },
    ],
    ['anklume apply --tags networks', { en: 'only the bridges', fr: 'seulement les ponts' }],
    [
      'anklume apply --tags nftables',
      {
        en: 'only the text of the isolation rules',
        fr: "seulement le texte des règles d'isolation",
      },
    ],
    [
      'anklume apply --prune --yes',
      { en: 'also remove what is undeclared', fr: "supprimer aussi ce qui n'est plus déclaré" },
    ],
  ],
  flags: {
    partial: toggle({
      en: 'Do the rest when part of the plan is refused',
      fr: 'Faire le reste quand une partie du plan est refusée',
    }),
    sync: toggle({ en: 'Sync first', fr: "Synchroniser d'abord" }),
    ...cacheFlags,
    ...safetyFlags,
    ...hereFlag,
    ...isolationFlag,
    ...choiceFlags,
    ...consentFlags,
  },
  words: [
    {
      name: 'PHASE',
      brief: { en: 'Only this phase', fr: 'Seulement cette phase' },
      optional: true,
      choices: PHASES,
    },
  ],
  async run(session, flags, word) {
    const phase = PHASES.find((one) => one === word);
    const { syncProject } = await import('../sync-project.ts');
    const { openProject, openSite, rememberDaemon, tellVms } = await import(
      '../../../site/index.ts'
    );
    const { touchesNoObject, applyWorld } = await import('../apply-world.ts');
    const { staleRules, provisionPhase } = await import('../../network/index.ts');
    const { provisionMachines, endingOf } = await import('../provision.ts');
    const { closedLines } = await import('../../network/render/closed.ts');
    const { unwalledLines } = await import('../../network/render/unwalled.ts');
    const { renderReport } = await import('../../../kit/render/report.ts');
    const { renderGolden, renderProvision } = await import('../render/provision.ts');
    const place = { cwd: session.cwd, infra: flags.infra };
    if (flags.sync) await syncProject(await openProject(place));
    const ending = flags.here ? undefined : await delegated(session, flags, word);
    if (ending !== undefined) return ending;
    const confirm = () =>
      askYes(session, flags.yes, {
        en: 'Delete what is marked with - in the plan (anklume plan --prune)?',
        fr: 'Supprimer ce qui est marqué - dans le plan (anklume plan --prune) ?',
      });
    const choices = { ...flags, ...(phase && { phase }), confirm };
    await using site = await openSite(place, flags, {
      ...daemonOptions(session, flags),
      makes: phase !== 'provision',
      lock: 'apply',
      look: !touchesNoObject(choices),
      onWorld: (found) => showWorld(session, found),
    });
    const { world, daemon, looking } = site;
    await rememberDaemon(world.root, daemon, session.emit);
    session.isRemembered();
    // Which rules are wanted depends on the tree alone, so they are looked at while the daemon works.
    const [
      warning,
      { report, seconds, rulesChanged, golden, closed = [], walledBy, firewall, provision },
    ] = await Promise.all([
      staleRules(world.desired, daemon),
      (async () => {
        const applied = await applyWorld(world, daemon, choices, session, looking);
        if (phase !== 'provision') await tellVms(world.desired, daemon, session.emit);
        const firewall = await provisionPhase(world, daemon, choices, session);
        const provision = await provisionMachines(world, daemon, choices, session, applied);
        return { ...applied, firewall, provision };
      })(),
    ]);
    session.result(
      {
        type: 'apply',
        ...report,
        rulesChanged,
        ...(firewall && { firewall }),
        ...(golden && { golden: { models: golden.models, copies: golden.copies } }),
        ...(provision && { provision }),
        closed,
        walledBy,
        seconds,
        requests: daemon.incus.requests,
      },
      () =>
        session.fit(
          [
            ...(phase === 'provision' ? [] : [renderReport(report, session, seconds)]),
            ...(golden ? [renderGolden(golden, session)] : []),
            ...(provision ? [renderProvision(provision, session)] : []),
            ...(phase === 'provision' && !provision ? [session.t(nothingToProvision)] : []),
            ...closedLines(closed, session),
            ...unwalledLines(walledBy, session),
          ].join('\n'),
        ),
    );
    // Behind the counts, as where an admin container made them and the host alone sees the rules.
    if (warning) session.emit(warning);
    if (report.failed > 0) return ExitCode.failed;
    return endingOf(provision);
  },
});

const nothingToProvision = {
  en: 'No machine here has roles.',
  fr: "Aucune machine n'a de rôles ici.",
};
