import type { Text } from '../../base/messages/index.ts';

/** The words of one language, safe within a page. */
export type Say = (text: Text) => string;

export function section(title: Text, content: string, t: Say): string {
  return content === '' ? '' : `<h2>${t(title)}</h2>\n${content}`;
}

export function list(lines: readonly string[]): string {
  return lines.length === 0
    ? ''
    : `<ul>\n${lines.map((line) => `<li>${line}</li>`).join('\n')}\n</ul>`;
}

export function escaped(untrustedText: string): string {
  return untrustedText.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
