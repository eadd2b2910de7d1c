import type { Session } from '../../../kit/session.ts';
import type { UpReport } from '../../apply/index.ts';
import { renderUp } from '../../apply/render/up.ts';
import { renderWhatNext } from './what-next.ts';

/** What came up, and what to try with it. `program`: the words that start this program. */
export function renderDemo(
  { folder, ...report }: UpReport & { readonly folder: string },
  program: string,
  session: Session,
): string {
  return `${renderUp(report, session)}\n\n${renderWhatNext(folder, program, session)}`;
}
