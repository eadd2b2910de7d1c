import { describe, expect, it } from 'vitest';
import { type CutShort, cutShort } from './cut-short.ts';

const nothing: CutShort = {
  report: { done: 0, failed: 0, skipped: 0 },
  written: 0,
  snapshots: 0,
  rules: false,
  proved: false,
};
const said = (more: Partial<CutShort>) => cutShort({ ...nothing, ...more }).text;

describe('an up that Ctrl-C ended', () => {
  it('says what was done before the first change as well', () => {
    const report = { done: 0, failed: 0, skipped: 9 };
    expect(said({ report, written: 10, snapshots: 3, rules: true })).toEqual({
      en: 'Interrupted: 0 of 9 changes made, 9 not begun. Beside them: 10 files of the tree written, 3 safety snapshots made, isolation rules loaded. The isolation is not verified.',
      fr: "Interrompu : 0 changement sur 9 fait, 9 non commencés. En plus : 10 fichiers de l'arborescence écrits, 3 instantanés de sûreté faits, règles d'isolation chargées. L'isolation n'est pas vérifiée.",
    });
  });

  it('counts one as one, and what failed', () => {
    const report = { done: 1, failed: 1, skipped: 1 };
    expect(said({ report, written: 1, snapshots: 1, proved: true })).toEqual({
      en: 'Interrupted: 1 of 3 changes made, 1 failed, 1 not begun. Beside them: 1 file of the tree written, 1 safety snapshot made.',
      fr: "Interrompu : 1 changement sur 3 fait, 1 en échec, 1 non commencé. En plus : 1 fichier de l'arborescence écrit, 1 instantané de sûreté fait.",
    });
  });

  it('says no word of what was not touched', () => {
    expect(said({ report: { done: 0, failed: 0, skipped: 1 } }).en).toBe(
      'Interrupted: 0 of 1 changes made, 1 not begun. The isolation is not verified.',
    );
  });
});
