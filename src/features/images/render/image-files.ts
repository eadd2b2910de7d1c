import { printable } from '../../../base/system/index.ts';
import type { ExportReport, ImportReport } from '../../../images/index.ts';
import type { Voice } from '../../../kit/render/problems.ts';
import { counted } from '../../../kit/render/words.ts';

/** What an export wrote, and where. */
export function renderExport({ folder, exported, unchanged }: ExportReport, voice: Voice): string {
  const { t } = voice;
  const done = t(
    counted(
      exported.length,
      { en: `image written to ${folder}`, fr: `image écrite dans ${folder}` },
      { en: `images written to ${folder}`, fr: `images écrites dans ${folder}` },
    ),
  );
  const left = t({ en: 'there already', fr: 'déjà là' });
  return line(done, exported, unchanged, left, voice);
}

/** What an import brought, and from where. */
export function renderImport({ folder, imported, unchanged }: ImportReport, voice: Voice): string {
  const { t } = voice;
  const done = t(
    counted(
      imported.length,
      { en: `image imported from ${folder}`, fr: `image importée depuis ${folder}` },
      { en: `images imported from ${folder}`, fr: `images importées depuis ${folder}` },
    ),
  );
  const left = t({ en: 'known to the daemon already', fr: 'connues du démon' });
  return line(done, imported, unchanged, left, voice);
}

function line(
  words: string,
  names: readonly string[],
  unchanged: readonly string[],
  left: string,
  { paint }: Voice,
): string {
  const mark = names.length > 0 ? paint.good('✓') : paint.dim('=');
  const which = names.length > 0 ? `: ${names.join(', ')}` : '';
  const rest = unchanged.length > 0 ? `; ${left}: ${unchanged.join(', ')}` : '';
  return `${mark} ${printable(`${words}${which}${rest}`)}`;
}
