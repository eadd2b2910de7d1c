import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { word } from '../../../kit/flags.ts';
import { wholeNumber } from '../../../kit/whole-number.ts';
import { renderCoverage } from '../render/coverage.ts';

/** `anklume dev matrix-coverage`, and the same by the name that make knows. */
export const matrixCoverage = command({
  brief: {
    en: 'How much of the behaviour matrix the tests show',
    fr: 'Quelle part de la matrice des comportements les tests montrent',
  },
  description: {
    en: 'tests/behavior_matrix.yml says what anklume does in each situation that counts. Tests and scenarios name the cells that they show; an ID that the matrix does not have is an error.',
    fr: "tests/behavior_matrix.yml dit ce que fait anklume dans chaque situation qui compte. Les tests et les scénarios nomment les cases qu'ils montrent ; un identifiant absent de la matrice est une erreur.",
  },
  examples: [
    [
      'anklume dev matrix-coverage',
      {
        en: 'overall, by capability, and what is missing',
        fr: 'au total, par capacité, et ce qui manque',
      },
    ],
    [
      'anklume dev matrix-coverage --least 80',
      { en: 'exit 1 when it is less', fr: "statut 1 si c'est moins" },
    ],
  ],
  flags: {
    least: word('PERCENT', {
      en: 'Fail when less is covered',
      fr: 'Échouer quand la couverture est moindre',
    }),
  },
  async run(session, flags) {
    const least = wholeNumber('--least', flags.least) ?? 0;
    const { matrixCoverage } = await import('../matrix/matrix-coverage.ts');
    const coverage = await matrixCoverage();
    session.result({ type: 'matrix-coverage', ...coverage }, () =>
      renderCoverage(coverage, session),
    );
    const good = coverage.faults.length === 0 && coverage.percent >= least;
    return good ? ExitCode.done : ExitCode.failed;
  },
});
