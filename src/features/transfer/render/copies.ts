import { renderSize } from '../../../kit/render/size.ts';
import { counted } from '../../../kit/render/words.ts';
import type { Session } from '../../../kit/session.ts';
import type { Copied } from '../copy.ts';
import type { CopyOutcome } from '../many.ts';

type Look = Pick<Session, 't' | 'paint'>;

/** `pro-dev:/srv/in/: 3 files, 12 MiB` */
export function renderCopied({ to, files, bytes }: Copied, look: Look): string {
  return `${to}: ${amount(files, bytes, look)}`;
}

/** One line a copy, and one that counts them. */
export function renderCopies(copies: readonly CopyOutcome[], look: Look): string {
  const { t, paint } = look;
  const lines = copies.map((one) =>
    'error' in one
      ? `${paint.bad('✗')} ${one.from} → ${one.to}: ${t(one.error)}`
      : `${paint.good('✓')} ${one.from} → ${one.to}: ${amount(one.files, one.bytes, look)}`,
  );
  const done = copies.filter((one) => !('error' in one)).length;
  const failed = copies.length - done;
  const total = t(
    counted(
      done,
      { en: 'copy made', fr: 'copie faite' },
      { en: 'copies made', fr: 'copies faites' },
    ),
  );
  const lost =
    failed > 0 ? `, ${paint.bad(t({ en: `${failed} failed`, fr: `${failed} en échec` }))}` : '';
  return [...lines, `${total}${lost}`].join('\n');
}

function amount(files: number, bytes: number, { t }: Pick<Look, 't'>): string {
  const number = t(counted(files, { en: 'file', fr: 'fichier' }, { en: 'files', fr: 'fichiers' }));
  return `${number}, ${renderSize(bytes)}`;
}
