import { ExitCode } from '../../../base/messages/index.ts';
import { command } from '../../../kit/command.ts';
import { toggle } from '../../../kit/flags.ts';
import type { Session } from '../../../kit/session.ts';
import type { LintResult } from '../lint.ts';

/** `anklume dev lint` */
export const lint = command({
  brief: { en: 'Run every linter', fr: 'Lancer tous les analyseurs' },
  description: {
    en: 'biome, tsc, shellcheck, ansible-lint (production profile) and yamllint, over all files of the repository. One that is not installed is named.',
    fr: "biome, tsc, shellcheck, ansible-lint (profil production) et yamllint, sur tous les fichiers du dépôt. Celui qui n'est pas installé est nommé.",
  },
  examples: [
    ['anklume dev lint', { en: 'those that are installed', fr: 'ceux qui sont installés' }],
    [
      'anklume dev lint --strict',
      { en: 'a missing one is a failure too', fr: "l'absence de l'un d'eux est aussi un échec" },
    ],
  ],
  flags: {
    strict: toggle({
      en: 'Fail where a linter is not installed',
      fr: "Échouer quand un analyseur n'est pas installé",
    }),
  },
  async run(session, flags) {
    const { runLinters } = await import('../lint.ts');
    const results = await runLinters(session);
    for (const result of results) showResult(session, result);
    const bad = results.filter(
      ({ state }) => state === 'faults' || (flags.strict && state === 'missing'),
    );
    session.print(
      session.t({
        en: `${results.length} linters, ${bad.length} failed`,
        fr: `${results.length} analyseurs, ${bad.length} en échec`,
      }),
    );
    return bad.length > 0 ? ExitCode.failed : ExitCode.done;
  },
});

function showResult(session: Session, result: LintResult): void {
  if (result.output !== '' || session.common.json)
    session.result({ type: 'lint', ...result }, () => result.output);
  if (result.state === 'missing')
    session.say({
      en: `${result.linter} is not installed: apt install ${result.package ?? result.linter}`,
      fr: `${result.linter} n'est pas installé : apt install ${result.package ?? result.linter}`,
    });
}
