import { AnklumeError, ExitCode, type Text } from '../../base/messages/index.ts';
import type { ApplyReport } from '../../engine/index.ts';

/** What was done by an `up` that Ctrl-C ended. */
export interface CutShort {
  readonly report: Pick<ApplyReport, 'done' | 'failed' | 'skipped'>;
  /** Files of the tree that were written. */
  readonly written: number;
  /** Safety snapshots that were made. */
  readonly snapshots: number;
  /** Whether other isolation rules are loaded than before. */
  readonly rules: boolean;
  readonly proved: boolean;
}

/** Says what an interrupted `up` has done, beside the changes of the plan too. */
export function cutShort({ report, written, snapshots, rules, proved }: CutShort): AnklumeError {
  const { done, failed, skipped } = report;
  const total = done + failed + skipped;
  // English has many from zero on, French from two.
  const s = (n: number) => (n === 1 ? '' : 's');
  const p = (n: number) => (n < 2 ? '' : 's');
  const before: Text[] = [
    ...(written > 0
      ? [
          {
            en: `${written} file${s(written)} of the tree written`,
            fr: `${written} fichier${s(written)} de l'arborescence écrit${s(written)}`,
          },
        ]
      : []),
    ...(snapshots > 0
      ? [
          {
            en: `${snapshots} safety snapshot${s(snapshots)} made`,
            fr: `${snapshots} instantané${s(snapshots)} de sûreté fait${s(snapshots)}`,
          },
        ]
      : []),
    ...(rules ? [{ en: 'isolation rules loaded', fr: "règles d'isolation chargées" }] : []),
  ];
  const listed = (language: keyof Text) => before.map((one) => one[language]).join(', ');
  const faults = {
    en: failed > 0 ? `, ${failed} failed` : '',
    fr: failed > 0 ? `, ${failed} en échec` : '',
  };
  const also = {
    en: before.length > 0 ? ` Beside them: ${listed('en')}.` : '',
    fr: before.length > 0 ? ` En plus : ${listed('fr')}.` : '',
  };
  const proof = {
    en: proved ? '' : ' The isolation is not verified.',
    fr: proved ? '' : " L'isolation n'est pas vérifiée.",
  };
  return new AnklumeError({
    code: 'interrupted',
    exit: ExitCode.interrupted,
    message: {
      en: `Interrupted: ${done} of ${total} changes made${faults.en}, ${skipped} not begun.${also.en}${proof.en}`,
      fr: `Interrompu : ${done} changement${p(done)} sur ${total} fait${p(done)}${faults.fr}, ${skipped} non commencé${p(skipped)}.${also.fr}${proof.fr}`,
    },
    remedy: {
      en: 'Run the same command again: it goes on from there.',
      fr: 'Relancez la même commande : elle reprend à partir de là.',
    },
  });
}
