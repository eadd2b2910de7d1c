import { ExitCode } from '../../messages/index.ts';
import { command, type Declared } from '../frame/command.ts';
import { toggle } from '../frame/flags.ts';
import { group } from '../frame/group.ts';
import { testRole } from './dev-test-role.ts';

const test = command({
  brief: { en: 'Run every test', fr: 'Lancer tous les tests' },
  description: {
    en: 'The check with the unit tests, the integration tests on an embedded sandbox, and the faults. All run, whatever fails.',
    fr: "Le contrôle avec les tests unitaires, les tests d'intégration dans un bac à sable intégré, et les pannes. Tout est lancé, quoi qu'il échoue.",
  },
  examples: [
    [
      'anklume dev test',
      { en: 'what the continuous integration runs', fr: "ce que lance l'intégration continue" },
    ],
  ],
  flags: {
    long: toggle({ en: 'The long form of the faults too', fr: 'Aussi la forme longue des pannes' }),
  },
  async run(session, flags) {
    const { runTests } = await import('../../dev/index.ts');
    const totals = await runTests({ ANKLUME_FAULTS: flags.long ? 'long' : 'short' }, session);
    const { passed, failed, skipped } = totals;
    session.result({ type: 'tests', ...totals }, () =>
      skipped === 0
        ? session.t({
            en: `${passed} passed, ${failed} failed`,
            fr: `${passed} réussis, ${failed} échoués`,
          })
        : session.t({
            en: `${passed} passed, ${failed} failed, ${skipped} skipped`,
            fr: `${passed} réussis, ${failed} échoués, ${skipped} passés`,
          }),
    );
    return failed > 0 ? ExitCode.failed : ExitCode.done;
  },
});

const check = command({
  brief: {
    en: 'Format, lint, types, imports, unused code, unit tests',
    fr: 'Format, règles, types, imports, code inutilisé, tests unitaires',
  },
  examples: [['anklume dev check', { en: 'in under a minute', fr: "en moins d'une minute" }]],
  async run() {
    const { runCheck } = await import('../../dev/index.ts');
    return (await runCheck()) === 0 ? ExitCode.done : ExitCode.failed;
  },
});

const bench = command({
  brief: {
    en: 'Compare our speed with bare scripts',
    fr: 'Comparer notre vitesse à des scripts nus',
  },
  examples: [['anklume dev bench', { en: '5, 20 and 100 machines', fr: '5, 20 et 100 machines' }]],
  async run() {
    const { runBench } = await import('../../dev/index.ts');
    return (await runBench()) === 0 ? ExitCode.done : ExitCode.failed;
  },
});

/** `anklume dev ...` */
export const dev: Declared = group(
  { en: 'Work on anklume itself', fr: 'Travailler sur anklume lui-même' },
  { test, 'test-role': testRole, check, bench },
);
