import { relative } from 'node:path';
import { printable } from '../base/system/index.ts';
import { asTyped } from './argv.ts';

/** What stands before a command that is to be typed in a folder; nothing for whoever is there already. */
export function goTo(folder: string, from: string): string {
  const way = relative(from, folder);
  if (way === '') return '';
  const shown = way.startsWith('../..') ? folder : way;
  return `cd ${asTyped(printable(shown))} && `;
}
