import { relative } from 'node:path';
import type { Place, Problem, Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Paint } from './paint.ts';

/** What a renderer needs to know about the reader. */
export interface Voice {
  readonly paint: Paint;
  readonly t: (text: Text) => string;
  readonly cwd: string;
  readonly width: number;
}

/** Findings that are shown before the rest is only counted: nobody reads more, and a long file has thousands. */
const MOST_PROBLEMS = 50;

/** The findings, worst first, each with its place, the source line under it, the sentence and the remedy. */
export function renderProblems(problems: readonly Problem[], voice: Voice): string {
  const rank = (problem: Problem) => (problem.severity === 'error' ? 0 : 1);
  const sorted = [...problems].sort((a, b) => rank(a) - rank(b));
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const parts = sorted.slice(0, MOST_PROBLEMS).map((problem) => renderProblem(problem, voice));
  const more = problems.length - MOST_PROBLEMS;
  if (more > 0)
    parts.push(
      voice.t({
        en: `... and ${more} more: --json gives all of them.`,
        fr: `... et ${more} de plus : --json les donne tous.`,
      }),
    );
  if (problems.length > 1) parts.push(count(errors, problems.length - errors, voice));
  return parts.join('\n\n');
}

function renderProblem(problem: Problem, voice: Voice): string {
  const { paint, t } = voice;
  const isError = problem.severity === 'error';
  const colour = isError ? paint.bad : paint.warn;
  const word = isError
    ? t({ en: 'error', fr: 'erreur' })
    : t({ en: 'warning', fr: 'avertissement' });
  const lines = [`${colour(word)} ${where(problem, voice)} ${paint.dim(problem.code)}`];
  lines.push(...snippet(problem.place, colour, paint));
  lines.push(indent(oneLine(t(problem.message))));
  if (problem.related)
    lines.push(
      indent(`${t({ en: 'See also', fr: 'Voir aussi' })} ${placeName(problem.related, voice)}`),
      ...snippet(problem.related, paint.dim, paint),
    );
  if (problem.remedy) lines.push(indent(`${paint.accent('→')} ${oneLine(t(problem.remedy))}`));
  return lines.join('\n');
}

/** A sentence on one line, whatever a file put into it: an endless word is cut, a line break is shown. */
function oneLine(sentence: string): string {
  return printable(sentence)
    .replaceAll('\n', '\\n')
    .replace(/\S{121,}/g, (word) => `${word.slice(0, 80)}…`);
}

function where(problem: Problem, voice: Voice): string {
  if (problem.place) return voice.paint.strong(placeName(problem.place, voice));
  return voice.paint.strong(printable(problem.path.join('.')));
}

function placeName(place: Place, voice: Voice): string {
  const near = relative(voice.cwd, place.file);
  const file = near === '' || near.startsWith('../..') ? place.file : near;
  return `${printable(file)}:${place.line}:${place.column}`;
}

/** The source line with a caret; long lines are cut around the column so that the caret is seen. */
function snippet(
  place: Place | undefined,
  colour: (text: string) => string,
  paint: Paint,
): string[] {
  if (place?.source === undefined) return [];
  // Tabs are shown as one space, so that the caret stands under its column.
  const source = printable(place.source.replaceAll('\t', ' '));
  const from = Math.max(0, place.column - 60);
  const shown = source.slice(from, from + 100);
  const gutter = String(place.line);
  const blank = ' '.repeat(gutter.length);
  const caret = ' '.repeat(Math.max(0, place.column - 1 - from));
  return [
    `  ${paint.dim(`${gutter} |`)} ${shown}`,
    `  ${paint.dim(`${blank} |`)} ${caret}${colour('^')}`,
  ];
}

function count(errors: number, warnings: number, { paint, t }: Voice): string {
  const parts: string[] = [];
  if (errors > 0)
    parts.push(
      paint.bad(
        t({
          en: `${errors} error${errors === 1 ? '' : 's'}`,
          fr: `${errors} erreur${errors === 1 ? '' : 's'}`,
        }),
      ),
    );
  if (warnings > 0)
    parts.push(
      paint.warn(
        t({
          en: `${warnings} warning${warnings === 1 ? '' : 's'}`,
          fr: `${warnings} avertissement${warnings === 1 ? '' : 's'}`,
        }),
      ),
    );
  return parts.join(', ');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
