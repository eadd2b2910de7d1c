import type { Host } from '../system/index.ts';
import { planRules } from './deployment/deploy-safely.ts';
import { presentFamilies } from './listing.ts';
import type { Deviation } from './proof.ts';

/** Lines in which the host's rules differ from a text: a wall changed by hand is named also where no probe fell through. */
export async function ruleDeviations(text: string, host: Host): Promise<Deviation[]> {
  if ((await presentFamilies(host)).length === 0)
    return [{ place: 'tables', change: 'missing', line: 'table inet anklume' }];
  const { diff } = await planRules(text, host);
  return diff.flatMap(({ title, lines }) =>
    lines.flatMap(({ mark, text: line }) =>
      mark === ' '
        ? []
        : [
            {
              place: title,
              change: mark === '-' ? 'added' : 'missing',
              line: line.trim(),
            } as const,
          ],
    ),
  );
}
