import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import { wrapHelp } from '../../../kit/render/wrap.ts';
import type { Finding } from '../finding.ts';

/** Below this, lines of a word each would be worse than lines that the terminal breaks. */
const NARROWEST = 40;

/** One line for each part of the machine, the remedy under what is not enough, and a verdict. */
export function renderFindings(
  findings: readonly Finding[],
  { t, paint, width }: Pick<Voice, 't' | 'paint' | 'width'>,
): string {
  const marks = { good: paint.good('✓'), warning: paint.warn('!'), bad: paint.bad('✗') };
  const widest = Math.max(...findings.map(({ name }) => t(name).length));
  const lines = findings.flatMap(({ name, state, found, remedy }) => {
    const line = `${marks[state]} ${t(name).padEnd(widest)}  ${printable(t(found))}`;
    return remedy ? [line, `  ${paint.accent('→')} ${printable(t(remedy))}`] : [line];
  });
  const fitted = lines.map((line) => wrapHelp(line, Math.max(width, NARROWEST)));
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const verdict =
    bad === 0
      ? paint.good(
          t({ en: 'Nothing necessary is lacking.', fr: 'Il ne manque rien de nécessaire.' }),
        )
      : paint.bad(
          t(
            counted(
              bad,
              { en: 'necessary part is lacking.', fr: 'élément nécessaire manque.' },
              { en: 'necessary parts are lacking.', fr: 'éléments nécessaires manquent.' },
            ),
          ),
        );
  return [...fitted, '', verdict].join('\n');
}
