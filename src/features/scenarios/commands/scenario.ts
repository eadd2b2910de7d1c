import { resolve } from 'node:path';
import { ExitCode, type Text } from '../../../base/messages/index.ts';
import { command, type Declared, type Example } from '../../../kit/command.ts';
import { daemonOptions } from '../../../kit/daemon-options.ts';
import { consentFlags, word } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import type { Session } from '../../../kit/session.ts';
import { wholeNumber } from '../../../kit/whole-number.ts';
import type { Feature } from '../features.ts';
import { renderScenarioList, renderScenarioRun } from '../render/scenarios.ts';

const NAME = {
  name: 'best|bad|NAME',
  brief: {
    en: 'One kind, or one by its name (default: all)',
    fr: 'Un genre, ou un seul par son nom (par défaut : tous)',
  },
  optional: true,
  propose: async () => {
    const { featuresIn, scenarioFolder } = await import('../features.ts');
    const names = (await featuresIn(scenarioFolder())).map(({ name }) => name);
    return ['best', 'bad', ...names];
  },
} as const;

const path = word('DIR', {
  en: 'Folder of .feature files of your own, for the same steps',
  fr: 'Dossier de vos propres fichiers .feature, pour les mêmes étapes',
});

const runFlags = {
  shuffle: word('SEED', {
    en: 'In an order that this number makes',
    fr: 'Dans un ordre que ce nombre détermine',
  }),
  repeat: word('N', { en: 'So many times (default: 1)', fr: 'Autant de fois (par défaut : 1)' }),
  limit: word('SECONDS', {
    en: 'What a step may take (default: 120)',
    fr: 'Ce que peut durer une étape (par défaut : 120)',
  }),
  report: word('FILE', {
    en: 'Where the JSON report goes (default: ~/.anklume/scenarios/report.json)',
    fr: 'Où va le rapport JSON (par défaut : ~/.anklume/scenarios/report.json)',
  }),
  path,
  ...consentFlags,
} as const;

const brief: Text = {
  en: 'Run scenarios on a sandbox of their own',
  fr: 'Lancer des scénarios dans un bac à sable à part',
};

const description: Text = {
  en: 'Each scenario drives the real program against a real Incus and looks at the result from outside. All run, whatever fails; the sandbox is deleted afterwards.',
  fr: "Chaque scénario pilote le vrai programme face à un vrai Incus et examine le résultat de l'extérieur. Tous sont lancés, quoi qu'il échoue ; le bac à sable disparaît ensuite.",
};

type RunFlags = { readonly [K in 'shuffle' | 'repeat' | 'limit' | 'report' | 'path']?: string };

async function runChosen(
  session: Session,
  flags: RunFlags & { readonly yes: boolean },
  name: string | undefined,
): Promise<ExitCode> {
  const { runScenarios } = await import('../run.ts');
  const seed = wholeNumber('--shuffle', flags.shuffle);
  const rounds = wholeNumber('--repeat', flags.repeat);
  const limit = wholeNumber('--limit', flags.limit);
  const { report, path } = await runScenarios(await chosen(session, flags.path, name), {
    ...daemonOptions(session, flags),
    ...(seed !== undefined && { seed }),
    ...(rounds !== undefined && { rounds }),
    ...(limit !== undefined && { limit }),
    ...(flags.report && { report: resolve(session.cwd, flags.report) }),
  });
  const { scenarios, ...totals } = report;
  if (session.common.json)
    for (const scenario of scenarios) session.result({ type: 'scenario', ...scenario }, () => '');
  session.result({ type: 'scenarios', ...totals, report: path }, () =>
    renderScenarioRun(report, path, session),
  );
  return report.failed > 0 ? ExitCode.failed : ExitCode.done;
}

async function chosen(
  session: Session,
  folder: string | undefined,
  name: string | undefined,
): Promise<Feature[]> {
  const { chosenFeatures, featuresIn, scenarioFolder } = await import('../features.ts');
  const features = await featuresIn(
    folder === undefined ? scenarioFolder() : resolve(session.cwd, folder),
  );
  return chosenFeatures(features, name);
}

const run = command({
  brief,
  description,
  examples: [
    ['anklume scenario run', { en: 'all of them', fr: 'tous' }],
    ['anklume scenario run bad', { en: 'the mistakes', fr: 'les erreurs' }],
    ['anklume scenario run pro_workstation_setup', { en: 'one of them', fr: "l'un d'eux" }],
    [
      'anklume scenario run --shuffle 7 --repeat 3',
      {
        en: 'three times, each in another order',
        fr: 'trois fois, chaque fois dans un autre ordre',
      },
    ],
  ],
  flags: runFlags,
  words: [NAME],
  run: runChosen,
});

const list = command({
  brief: { en: 'List scenarios', fr: 'Lister les scénarios' },
  description: {
    en: 'Reads them with the parser of Gherkin and matches each step; runs nothing. A step that nobody has written is named, with exit 1.',
    fr: "Les lit avec l'analyseur de Gherkin et associe chaque étape ; ne lance rien. Une étape que personne n'a écrite est nommée, avec le statut 1.",
  },
  examples: [
    ['anklume scenario list', { en: 'all of them', fr: 'tous' }],
    ['anklume scenario list best', { en: 'recommended ways', fr: 'les bonnes pratiques' }],
  ],
  flags: { path },
  words: [NAME],
  run: listChosen,
});

async function listChosen(
  session: Session,
  flags: { readonly path?: string | undefined },
  name: string | undefined,
): Promise<ExitCode> {
  const { listScenarios } = await import('../list.ts');
  const features = await chosen(session, flags.path, name);
  const scenarios = await listScenarios(features, session.signal);
  session.result({ type: 'scenario-list', scenarios }, () =>
    renderScenarioList(scenarios, session),
  );
  return scenarios.every(({ undefinedSteps }) => undefinedSteps.length === 0)
    ? ExitCode.done
    : ExitCode.failed;
}

/** `anklume scenario ...` */
export const scenario: Declared = group(
  {
    en: 'Whole ways of working, written as people tell them',
    fr: 'Des façons de travailler complètes, écrites comme on les raconte',
  },
  { run, list },
);

/** The names that make knows. */
export const scenarioTest = alias('scenario-test', undefined, brief);
export const scenarioTestBest = alias('scenario-test-best', 'best', {
  en: 'Run the best-practice scenarios',
  fr: 'Lancer les scénarios de bonnes pratiques',
});
export const scenarioTestBad = alias('scenario-test-bad', 'bad', {
  en: 'Run the bad-practice scenarios',
  fr: 'Lancer les scénarios de mauvaises pratiques',
});
export const scenarioList = command({
  brief: { en: 'List scenarios', fr: 'Lister les scénarios' },
  examples: [['anklume scenario-list', { en: 'all of them', fr: 'tous' }]],
  flags: { path },
  run: (session, flags) => listChosen(session, flags, undefined),
});

function alias(line: string, name: 'best' | 'bad' | undefined, about: Text): Declared {
  const example: Example = [
    `anklume ${line}`,
    {
      en: `as 'scenario run${name ? ` ${name}` : ''}'`,
      fr: `comme « scenario run${name ? ` ${name}` : ''} »`,
    },
  ];
  return command({
    brief: about,
    description,
    examples: [example],
    flags: runFlags,
    run: (session, flags) => runChosen(session, flags, name),
  });
}
