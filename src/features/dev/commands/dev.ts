import { ExitCode } from '../../../base/messages/index.ts';
import { command, type Declared } from '../../../kit/command.ts';
import { toggle, word } from '../../../kit/flags.ts';
import { group } from '../../../kit/group.ts';
import type { Ring } from '../tests.ts';
import { lint } from './dev-lint.ts';
import { matrixCoverage } from './dev-matrix.ts';
import { testRunnerCreate, testRunnerDelete, testSandboxed } from './dev-runner.ts';
import { testRole } from './dev-test-role.ts';

/** As `RINGS` of the room has them, which is loaded only when they run. */
const RING_NAMES = [
  'check',
  'integration',
  'faults',
  'hostile',
  'roles',
  'scenarios',
  'vms',
  'emulated',
  'nested',
  'nested-vm',
] as const satisfies readonly Ring[];

const test = command({
  brief: { en: 'Run every test', fr: 'Lancer tous les tests' },
  description: {
    en: 'The check with the unit tests, the integration tests on an embedded sandbox, the faults, the attacks and the roles. All run, whatever fails; or one of them alone. What boots emulated machines or hosts inside hosts, and the scenarios, run by all, in their long forms, or by name.',
    fr: "Le contrôle avec les tests unitaires, les tests d'intégration dans un bac à sable intégré, les pannes, les attaques et les rôles. Tout est lancé, quoi qu'il échoue ; ou bien l'une de ces parties seule. Ce qui démarre des machines émulées ou des hôtes dans des hôtes, et les scénarios, sont lancés par all, sous leurs formes longues, ou par leur nom.",
  },
  examples: [
    [
      'anklume dev test',
      { en: 'what the continuous integration runs', fr: "ce que lance l'intégration continue" },
    ],
    ['anklume dev test roles', { en: 'the tests of the roles', fr: 'les tests des rôles' }],
    [
      'anklume dev test all',
      {
        en: 'everything there is, in its long form: several hours',
        fr: "tout ce qu'il y a, sous sa forme longue : plusieurs heures",
      },
    ],
  ],
  words: [
    {
      name: 'RING',
      brief: { en: 'One part alone, or all', fr: 'Une seule partie, ou all pour tout' },
      optional: true,
      choices: [...RING_NAMES, 'all'],
    },
  ],
  flags: {
    long: toggle({ en: 'The long forms too', fr: 'Aussi les formes longues' }),
  },
  async run(session, flags, only) {
    const { ringsOf, runTests } = await import('../tests.ts');
    const { renderTotals } = await import('../render/totals.ts');
    const form = flags.long || only === 'all' ? 'long' : 'short';
    const totals = await runTests(ringsOf(only), { ANKLUME_FAULTS: form }, session);
    session.result({ type: 'tests', ...totals }, () => renderTotals(totals, session));
    return totals.failed > 0 ? ExitCode.failed : ExitCode.done;
  },
});

const check = command({
  brief: {
    en: 'Format, lint, types, imports, unused code, unit tests',
    fr: 'Format, règles, types, imports, code inutilisé, tests unitaires',
  },
  examples: [['anklume dev check', { en: 'in under a minute', fr: "en moins d'une minute" }]],
  async run() {
    const { runCheck } = await import('../tools.ts');
    return (await runCheck()) === 0 ? ExitCode.done : ExitCode.failed;
  },
});

const bench = command({
  brief: {
    en: 'Compare our speed with bare scripts',
    fr: 'Comparer notre vitesse à des scripts nus',
  },
  examples: [
    ['anklume dev bench', { en: '5, 20 and 100 machines', fr: '5, 20 et 100 machines' }],
    ['anklume dev bench --only day', { en: 'one part alone', fr: 'une partie seulement' }],
  ],
  flags: {
    only: word('NAME', { en: 'What begins with this name', fr: 'Ce qui commence par ce nom' }),
  },
  async run(_session, { only }) {
    const { runBench } = await import('../tools.ts');
    const more = only === undefined ? [] : ['--only', only];
    return (await runBench(more)) === 0 ? ExitCode.done : ExitCode.failed;
  },
});

/** `anklume dev ...` */
export const dev: Declared = group(
  { en: 'Work on anklume itself', fr: 'Travailler sur anklume lui-même' },
  {
    test,
    'test-role': testRole,
    'test-sandboxed': testSandboxed,
    'test-runner-create': testRunnerCreate,
    'test-runner-delete': testRunnerDelete,
    check,
    lint,
    bench,
    'matrix-coverage': matrixCoverage,
  },
  undefined,
  { 'test-runner-destroy': testRunnerDelete },
);
