import type { DiffBlock } from '../../network/index.ts';
import { printable } from '../../system/index.ts';
import type { Session } from '../frame/session.ts';

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
