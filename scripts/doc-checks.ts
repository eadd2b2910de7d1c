// What the pages promise: links that resolve, a French page for each English one, snippets that load.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Pages that exist in English only: written for those who read the code. */
const ENGLISH_ONLY = [/^CHANGELOG\.md$/, /^docs\/decisions\//, /^src\//, /^tests\//, /^bench\//];

/** Every Markdown page of the repository, as paths from its root, sorted. */
export function pages(root: string = ROOT): string[] {
  const folders = ['docs', 'examples', 'src', 'tests', 'bench'];
  const nested = folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) =>
        join(folder, path),
      ),
    );
  return [...readdirSync(root), ...nested].filter((path) => path.endsWith('.md')).sort();
}

/** What is wrong with the languages of these pages. */
export function languageFaults(paths: readonly string[], read: (path: string) => string): string[] {
  const known = new Set(paths);
  return paths.flatMap((path) => {
    if (!path.endsWith('_FR.md')) {
      const french = path.replace(/\.md$/, '_FR.md');
      const excused = ENGLISH_ONLY.some((pattern) => pattern.test(path));
      return excused || known.has(french) ? [] : [`${path}: ${french} is missing`];
    }
    const english = path.replace(/_FR\.md$/, '.md');
    if (!known.has(english)) return [`${path}: its English original ${english} is missing`];
    const opening = read(path).split('\n').slice(0, 5).join('\n');
    const name = english.split('/').at(-1);
    return opening.includes(`](${name})`) && opening.includes('la version anglaise fait foi')
      ? []
      : [`${path}: does not open by naming ${name} and saying that the English version prevails`];
  });
}

/** Links of a page to files or headings that do not exist. Links to other hosts are not followed. */
export function linkFaults(path: string, text: string, root: string = ROOT): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = '', anchor] = target.split('#');
    const place = file === '' ? join(root, path) : resolve(root, dirname(path), file);
    if (relative(root, place).startsWith('..') || !existsSync(place))
      return [`${path}: ${target} leads nowhere`];
    if (anchor === undefined) return [];
    const found = headings(readFileSync(place, 'utf8')).includes(anchor);
    return found ? [] : [`${path}: ${target} names no heading`];
  });
}

/**
 * What is wrong with the decisions of a page: each of these numbers needs a heading, with a context, a decision, a
 * consequence and the rows that it governs, in the words of the page's language.
 */
export function decisionFaults(
  numbers: readonly string[],
  text: string,
  parts: readonly string[] = ['Context', 'Decision', 'Consequence', 'Rows'],
): string[] {
  const sections = text.split(/^## /m).slice(1);
  return numbers.flatMap((number) => {
    const section = sections.find(
      (one) => one.startsWith(number) && !/^\w/.test(one.slice(number.length)),
    );
    if (section === undefined) return [`${number}: no heading`];
    const lacks = parts.filter(
      (part) => !new RegExp(`^\\*\\*${part}\\.\\*\\* \\S`, 'm').test(section),
    );
    return lacks.map((part) => `${number}: no ${part}`);
  });
}

/** Anchors of the headings of a page, as code hosts make them. */
function headings(text: string): string[] {
  return [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

export interface Snippet {
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** The words after the fence: `yaml infra`. */
  readonly label: string;
  readonly text: string;
}

/** The fenced blocks of a page. */
export function snippets(page: string, text: string): Snippet[] {
  return [...text.matchAll(/^```([^\n`]*)\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length,
    label: (match[1] ?? '').trim(),
    text: match[2] ?? '',
  }));
}

/** An infra.yml made of a snippet, with the least needed around it: pages show a part at a time. */
export function completed(snippet: string): string {
  const named = /^project_name:/m.test(snippet) ? snippet : `project_name: snippet\n${snippet}`;
  return /^domains:/m.test(named) ? named : `${named}\ndomains: {}\n`;
}

/** Every `anklume ...` that a page tells people to type, as words. */
export function commandLines(page: string, text: string): string[][] {
  const inFences = snippets(page, text)
    .filter(({ label }) => label === 'sh' || label === 'console')
    .flatMap((snippet) => snippet.text.split('\n'));
  const outside = text.replace(/^```[\s\S]*?^```$/gm, '');
  const inSpans = [...outside.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
  return [...inFences, ...inSpans]
    .map((line) =>
      line
        .replace(/\s+#.*$/, '')
        .replace(/^\$ /, '')
        .trim(),
    )
    .filter((line) => /^(\.\/)?anklume( |$)/.test(line))
    .map((line) => line.split(/\s+/).slice(1));
}

/** Every `make TARGET` that a page names. */
export function makeTargets(text: string): string[] {
  return [...text.matchAll(/`make ([a-z-]+)[^`]*`/g)].map((match) => match[1] ?? '');
}

/** Names of all properties of a JSON Schema, at any depth. */
export function schemaKeys(schema: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'properties') for (const name of Object.keys(inner ?? {})) found.add(name);
      visit(inner);
    }
  };
  visit(schema);
  return found;
}
