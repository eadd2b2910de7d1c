import { printable } from '../../../base/system/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';
import type { ImportedText } from '../running.ts';

/** What was written, and what the file does not say. */
export function renderImport(
  { counts, left, projectName }: Omit<ImportedText, 'text'>,
  file: string,
  { paint, t }: Voice,
): string {
  const { domains, machines, described } = counts;
  const parts = [
    counted(domains, { en: 'domain', fr: 'domaine' }, { en: 'domains', fr: 'domaines' }),
    counted(machines, { en: 'machine', fr: 'machine' }, { en: 'machines', fr: 'machines' }),
    {
      en: `${described} of others described`,
      fr: `${described} d'autrui décrite${described > 1 ? 's' : ''}`,
    },
  ];
  const lines = [
    `${paint.good('✓')} ${printable(file)}: ${printable(projectName)}, ${parts.map(t).join(', ')}`,
  ];
  if (left.length > 0) lines.push(t({ en: 'Not in the file:', fr: 'Absent du fichier :' }));
  for (const { id, text } of left)
    lines.push(`${paint.warn('!')} ${printable(id)}: ${printable(t(text))}`);
  lines.push(
    `${paint.accent('→')} ${t({
      en: "Read it, then 'anklume sync' and 'anklume plan' beside it.",
      fr: 'Relisez-le, puis « anklume sync » et « anklume plan » à côté.',
    })}`,
  );
  return lines.join('\n');
}
