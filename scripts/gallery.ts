// `npm run docs:gallery`: runs every wrong input of tests/gallery/ through the real loader and writes what people
// see into docs/errors.md and docs/errors_FR.md; the list of commands into docs/cli.md and docs/cli_FR.md; the codes
// of the rules into docs/rule-codes.md and docs/rule-codes_FR.md; and the schema of what --json prints into schemas/.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language, Problem } from '../src/base/messages/index.ts';
import { makePaint } from '../src/kit/render/paint.ts';
import { renderProblems } from '../src/kit/render/problems.ts';
import { typeset } from '../src/kit/typography.ts';
import { describeRolesOf } from '../src/provision/index.ts';
import { loadInfra, type ResolveContext } from '../src/world/infra/index.ts';
import { writeCodePages } from './gallery-codes.ts';
import { writeCommandPages } from './gallery-commands.ts';
import { writeResultsSchema } from './gallery-results.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = join(ROOT, 'tests', 'gallery');

/** A small host, so that what depends on its size reads the same everywhere. */
const CONTEXT: ResolveContext = {
  nesting: { absoluteLevel: 1, relativeLevel: 1, vmNested: false, yolo: false },
  host: { cpus: 4, memoryBytes: 8 * 1024 ** 3 },
};

/** One wrong input: a file, or a folder in the form of infra/. */
interface Exhibit {
  readonly name: string;
  /** The files of it, as shown: one without a title, or several with theirs. */
  readonly files: readonly { readonly title: string; readonly text: string }[];
  readonly problems: readonly Problem[];
}

/** Every wrong input, run, sorted by name. */
export async function exhibits(folder: string = FOLDER): Promise<Exhibit[]> {
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || /\.ya?ml$/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      const files = entry.isDirectory()
        ? readdirSync(path, { recursive: true, encoding: 'utf8' })
            .filter((file) => /\.ya?ml$/.test(file))
            .sort()
            .map((file) => ({ title: file, text: readFileSync(join(path, file), 'utf8') }))
        : [{ title: '', text: readFileSync(path, 'utf8') }];
      const { problems } = await loadInfra(path, CONTEXT, describeRolesOf(folder));
      return { name: entry.name.replace(/\.ya?ml$/, ''), files, problems };
    }),
  );
}

/** The page in one language. */
export function galleryPage(
  shown: readonly Exhibit[],
  language: Language,
  folder: string = FOLDER,
): string {
  const words = WORDS[language];
  const sections = shown.map((exhibit) => section(exhibit, language, folder));
  const contents = shown.map(({ name }) => `[${name}](#${name})`).join(' · ');
  return [words.title, words.intro, contents, ...sections].join('\n\n').concat('\n');
}

function section({ name, files, problems }: Exhibit, language: Language, folder: string): string {
  const inputs = files.map(({ title, text }) => {
    const heading = title === '' ? '' : `\`${title}\`\n\n`;
    return `${heading}${fence('yaml wrong', visible(text))}`;
  });
  const said = renderProblems(problems, {
    paint: makePaint(false),
    t: (text) => typeset(text, language),
    cwd: folder,
    width: 100,
  });
  return [`## ${name}`, ...inputs, fence('text', said)].join('\n\n');
}

/** A fence longer than any in the text. */
function fence(label: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${label}\n${text.trimEnd()}\n${ticks}`;
}

/** Control characters as escapes, long files cut: the page is for reading. */
function visible(text: string): string {
  const lines = text.split('\n');
  const kept = lines.length > 40 ? [...lines.slice(0, 40), '# ...'] : lines;
  return kept
    .map((line) => (line.length > 200 ? `${line.slice(0, 200)}...` : line))
    .join('\n')
    .replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, (character) =>
      character === '\t' ? '→' : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
    );
}

const WORDS = {
  en: {
    title: '# Error messages',
    intro:
      '*Lire en [français](errors_FR.md).*\n\n' +
      'What anklume says about a wrong `infra.yml`, and what to do. Each input below was run; the answer is what the ' +
      'program printed. All problems of a file are told at once. Each has a stable code, for scripts (`--json`). ' +
      'This page is written by `npm run docs:gallery`.',
  },
  fr: {
    title: "# Messages d'erreur",
    intro:
      '> Version française de [errors.md](errors.md). En cas de différence, la version anglaise fait foi.\n\n' +
      "Ce que dit anklume d'un `infra.yml` faux, et que faire. Chaque entrée ci-dessous a été exécutée ; la réponse est " +
      "ce que le programme a affiché. Tous les problèmes d'un fichier sont dits d'un coup. Chacun a un code stable, pour " +
      'les scripts (`--json`). Cette page est écrite par `npm run docs:gallery`.',
  },
} as const;

/** Where the pages stand. */
export const GALLERY_PAGES: readonly (readonly [path: string, language: Language])[] = [
  [join(ROOT, 'docs', 'errors.md'), 'en'],
  [join(ROOT, 'docs', 'errors_FR.md'), 'fr'],
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const shown = await exhibits();
  for (const [path, language] of GALLERY_PAGES) writeFileSync(path, galleryPage(shown, language));
  writeCodePages();
  writeCommandPages();
  writeResultsSchema();
}
