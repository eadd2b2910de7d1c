// The part of docs/cli.md that lists the commands: taken from their own help, so that it cannot go stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generateHelpTextForAllCommands } from '@stricli/core';
import type { Language } from '../src/base/messages/index.ts';
import { buildApp } from '../src/cli/app.ts';

const BEGIN = '<!-- commands: written by npm run docs:gallery -->';
const END = '<!-- end of the commands -->';

/** Help of every command: its route (`anklume sandbox start`) and its text; other names of the same on request. */
export function helpTexts(language: Language, hidden = false): [route: string, text: string][] {
  const app = buildApp(language, true, undefined, hidden);
  return generateHelpTextForAllCommands(app).map(([route, text]) => [route.trim(), text]);
}

/** The page with the list between its markers replaced by what the commands say now. */
export function withCommands(page: string, language: Language): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error('the page has lost its markers');
  return page.slice(0, begin + BEGIN.length) + list(language) + page.slice(end);
}

function list(language: Language): string {
  const all = helpTexts(language);
  const shared = linesOfAll(all.map(([, text]) => text));
  const commands = all.map(([route, text]) => `### ${route}\n\n${fence(own(text, shared))}`);
  const title = { en: '### On every command', fr: '### Sur chaque commande' }[language];
  return `\n\n${[title, fence(shared.join('\n')), ...commands].join('\n\n')}\n\n`;
}

/** Flags that every command has, with the space between the columns made one width. */
function linesOfAll(texts: readonly string[]): string[] {
  const [first = [], ...others] = texts.map(flagLines);
  return first.filter((line) => others.every((lines) => lines.includes(line)));
}

function flagLines(text: string): string[] {
  return text.split('\n').filter(isFlag).map(evened);
}

function isFlag(line: string): boolean {
  return /^ {2}(?:-\w| {2}) [ [](?:--)/.test(line) || /^ {6,}-- /.test(line);
}

function evened(line: string): string {
  const [, flag = '', brief = ''] =
    /^( {2,}\S.*?) {2,}(\S.*)$/.exec(line.replace('-h  --', '-h --')) ?? [];
  return `${flag.trimEnd().padEnd(20)} ${brief}`;
}

/** The help of one command without what all of them share, and without the line that shows `--help`. */
function own(text: string, shared: readonly string[]): string {
  return text
    .split('\n')
    .filter((line) => !(isFlag(line) && shared.includes(evened(line))))
    .filter((line) => !/^ {2}anklume .* --help$/.test(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n\n[A-ZÀ-Ü]+\n(?=\n|$)/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function fence(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

/** The pages that hold the list. */
export const COMMAND_PAGES: readonly (readonly [path: string, language: Language])[] = [
  [fileURLToPath(new URL('../docs/cli.md', import.meta.url)), 'en'],
  [fileURLToPath(new URL('../docs/cli_FR.md', import.meta.url)), 'fr'],
];

/** Brings the lists of both pages up to date. */
export function writeCommandPages(): void {
  for (const [path, language] of COMMAND_PAGES)
    writeFileSync(path, withCommands(readFileSync(path, 'utf8'), language));
}
