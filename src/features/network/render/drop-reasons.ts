import { printable } from '../../../base/system/index.ts';
import type { DropCounter } from '../../../isolation/index.ts';
import type { Session } from '../../../kit/session.ts';

/**
 * What the rules have stopped so far, by code with what it means; rules that never dropped anything stay untold. A
 * rule by hand or of an earlier version has no code: its comment is shown as it is.
 */
export function dropLines(
  { drops }: { readonly drops: readonly DropCounter[] },
  { t, paint }: Pick<Session, 't' | 'paint'>,
): string[] {
  const sums = new Map<string, { words: string; packets: number }>();
  for (const { code, meaning, comment, packets } of drops) {
    if (packets === 0) continue;
    const told = code ?? `${t({ en: 'no code', fr: 'sans code' })} ${printable(comment)}`;
    const words = code && meaning ? `${paint.accent(code)}  ${t(meaning)}` : paint.dim(told.trim());
    sums.set(told, { words, packets: (sums.get(told)?.packets ?? 0) + packets });
  }
  const rows = [...sums.values()].map(
    ({ words, packets }) => `  ${String(packets).padStart(8)}  ${words}`,
  );
  const title = t({ en: 'Packets dropped so far:', fr: "Paquets abandonnés jusqu'ici :" });
  return rows.length === 0 ? [] : [paint.dim(title), ...rows];
}
