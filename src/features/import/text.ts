import type { Text } from '../../base/messages/index.ts';
import { yamlText } from '../../world/tree/index.ts';
import type { Imported } from './import-world.ts';
import { shown } from './left.ts';

/** Longest line of a comment, less the indent. */
const WIDTH = 100;

/** The text of the infra.yml, with what it does not say as comments on top. */
export function importText({ document, left }: Imported, t: (text: Text) => string): string {
  const title = t({
    en: "Written by 'anklume import' from what Incus holds.",
    fr: 'Écrit par « anklume import » à partir de ce que contient Incus.',
  });
  const notSaid = t({ en: 'Not in this file:', fr: 'Ce que ce fichier ne dit pas :' });
  const lines = left.flatMap(({ id, text }) => comment(`${shown(id)}: ${t(text)}`));
  const head = [`# ${title}`, ...(lines.length > 0 ? ['#', `# ${notSaid}`, ...lines] : [])];
  return `${head.join('\n')}\n---\n${yamlText(document)}`;
}

/** A point of a list, folded; nothing of it can end the comment. */
function comment(untrustedText: string): string[] {
  const printable = untrustedText.replace(/[^\P{C}]|\s+/gu, ' ').trim();
  const lines: string[] = [];
  for (const word of printable.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, i) => (i === 0 ? `#  - ${line}` : `#    ${line}`));
}
