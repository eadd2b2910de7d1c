import { printable } from '../../../base/system/index.ts';
import type { DiffBlock } from '../../../isolation/index.ts';
import type { Session } from '../../../kit/session.ts';

/** What a deployment changes, as a unified diff with the name of each set, map and chain. */
export function renderRulesDiff(
  blocks: readonly DiffBlock[],
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string {
  if (blocks.length === 0) return '';
  const marks = { '+': paint.good, '-': paint.bad, ' ': paint.dim };
  const head = [
    paint.bad(`--- ${t({ en: 'in force', fr: 'en vigueur' })}`),
    paint.good(`+++ ${t({ en: 'wanted', fr: 'voulu' })}`),
  ];
  const bodies = blocks.flatMap(({ title, lines }) => [
    paint.accent(`@@ ${printable(title)} @@`),
    ...lines.map(({ mark, text }) =>
      marks[mark](printable(`${mark}${text.replaceAll('\t', '  ')}`)),
    ),
  ]);
  return [...head, ...bodies].join('\n');
}

/** The same in a line where nothing is in force yet and all of it comes; undefined where there is more to say. */
export function renderFirstRules(
  blocks: readonly DiffBlock[],
  { t }: Pick<Session, 't'>,
): string | undefined {
  const isAllNew = blocks.every(({ lines }) => lines.every(({ mark }) => mark === '+'));
  if (!isAllNew || blocks.length < BRIEF) return undefined;
  const count = blocks.length;
  return t({
    en: `No isolation rules are in force yet; ${count} sets, maps and chains will be loaded. 'anklume network rules' prints them.`,
    fr: `Aucune règle d'isolation n'est encore en vigueur ; ${count} ensembles, tables et chaînes seront chargés. « anklume network rules » les affiche.`,
  });
}

/** So few are read as easily as counted. */
const BRIEF = 10;
