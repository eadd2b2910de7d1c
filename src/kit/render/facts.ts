import { visibleLength } from './wrap.ts';

/** Titles and what they mean, one under the other; what says nothing is left out. */
export function renderFacts(facts: readonly (readonly [title: string, text: string])[]): string {
  const said = facts.filter(([, text]) => text !== '');
  const width = Math.max(0, ...said.map(([title]) => visibleLength(title)));
  return said
    .map(([title, text]) => {
      const lines = text.split('\n');
      const first = `${title}${' '.repeat(width - visibleLength(title))}  ${lines[0] ?? ''}`;
      return [first, ...lines.slice(1).map((line) => `${' '.repeat(width)}  ${line}`)].join('\n');
    })
    .join('\n');
}
