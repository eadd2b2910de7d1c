import type { Host } from '../../base/system/index.ts';
import { NOTHING_MARKED } from '../model/marked.ts';
import type { Deviation } from '../proof/proof.ts';
import { type Around, arrangeRules } from '../rules/arrange.ts';
import { CODES } from '../rules/codes.ts';
import { codeIn } from '../rules/rule-comments.ts';
import { isEmpty } from './closed.ts';
import { planRules } from './deploy-safely.ts';
import { presentFamilies } from './listing.ts';
import { CLOSED_TABLE, clearing } from './tables.ts';

/** Lines in which the host's rules differ from a text: a wall changed by hand is named also where no probe fell through. */
export async function ruleDeviations(
  text: string,
  host: Host,
  around: Around = { marked: NOTHING_MARKED },
): Promise<Deviation[]> {
  const arranged = await arrangeRules(text, host, around);
  if ((await presentFamilies(host, arranged.table)).length === 0)
    return [{ place: 'tables', change: 'missing', line: `table inet ${arranged.table}` }];
  const { diff } = await planRules(wantedOf(arranged), host);
  return diff.flatMap(({ title, lines }) =>
    lines.flatMap(({ mark, text: line }) => {
      if (mark === ' ' || (mark === '-' && isClosedMember(title))) return [];
      return [
        {
          place: title,
          change: mark === '-' ? 'added' : 'missing',
          line: line.trim(),
          ...meaningOf(line),
        } as const,
      ];
    }),
  );
}

function meaningOf(line: string): Pick<Deviation, 'code' | 'meaning'> {
  const code = codeIn(/ comment "([^"]*)"$/.exec(line)?.[1] ?? '');
  return code ? { code, meaning: CODES[code].text } : {};
}

/** What is closed and gone by now opens nothing. */
function wantedOf({
  text,
  closed,
}: {
  text: string;
  closed: Parameters<typeof isEmpty>[0];
}): string {
  return isEmpty(closed) ? text.replace(clearing([CLOSED_TABLE]).join('\n'), '') : text;
}

function isClosedMember(title: string): boolean {
  return new RegExp(`^\\S+ ${CLOSED_TABLE} (set|map) `).test(title);
}
