/** A place that says which cells it shows. */
export interface Mark {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly ids: readonly string[];
  readonly by: 'test' | 'scenario';
}

/** What a file says of the matrix. A comment that stands above no test is a fault: it would count for nothing. */
export interface Marks {
  readonly marks: readonly Mark[];
  readonly faults: readonly string[];
}

const COMMENT = /^\s*(?:\/\/|#) Matrix: (.*)$/;
const TEST = /^\s*(?:it|test)\b/;
const TAGS = /^\s*@/;
const SCENARIO = /^\s*(?:Scenario|Scenario Outline|Example|Feature|Rule):/;

/** The marks of a test file: `// Matrix: IN-101, IN-204` above a test. */
export function marksOfTest(file: string, text: string): Marks {
  return marksIn(file, text, 'test', (line) => TEST.test(line));
}

/** The marks of a .feature file: tags `@IN-101`, or `# Matrix: IN-101` above a scenario. */
export function marksOfFeature(file: string, text: string): Marks {
  const found = marksIn(file, text, 'scenario', (line) => SCENARIO.test(line) || TAGS.test(line));
  const tagged = text.split('\n').flatMap((line, at): Mark[] => {
    if (!TAGS.test(line)) return [];
    const ids = [...line.matchAll(/@([A-Z]{2}-\d{3})\b/g)].map(([, id = '']) => id);
    return ids.length > 0 ? [{ file, line: at + 1, ids, by: 'scenario' }] : [];
  });
  return { marks: [...found.marks, ...tagged], faults: found.faults };
}

function marksIn(
  file: string,
  text: string,
  by: Mark['by'],
  isMarked: (line: string) => boolean,
): Marks {
  const marks: Mark[] = [];
  const faults: string[] = [];
  const lines = text.split('\n');
  for (const [at, line] of lines.entries()) {
    const words = COMMENT.exec(line)?.[1];
    if (words === undefined) continue;
    const place = `${file}:${at + 1}`;
    const ids = words.split(',').map((word) => word.trim());
    const wrong = ids.filter((id) => !/^[A-Z]{2}-\d{3}$/.test(id));
    if (wrong.length > 0) faults.push(`${place}: '${wrong.join(', ')}' is no ID of a cell`);
    else if (!isMarked(lines[at + 1] ?? '')) faults.push(`${place}: no ${by} follows`);
    else marks.push({ file, line: at + 1, ids, by });
  }
  return { marks, faults };
}
