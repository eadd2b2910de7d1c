import * as v from 'valibot';
import { parse } from 'yaml';
import { AnklumeError, ExitCode } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';

/** How deep a cell looks, from everyday use to mistakes and attacks. */
export const DEPTHS = ['basic', 'combined', 'adverse'] as const;
export type Depth = (typeof DEPTHS)[number];

/** One situation and what anklume does in it. */
export interface Cell {
  /** Two letters for the capability, three digits. */
  readonly id: string;
  readonly depth: Depth;
  readonly situation: string;
  readonly reaction: string;
}

export interface Capability {
  readonly code: string;
  readonly name: string;
  readonly cells: readonly Cell[];
}

const sentence = v.pipe(v.string(), v.nonEmpty());
const ID = /^[A-Z]{2}-\d{3}$/;
const cells = v.record(
  v.pipe(v.string(), v.regex(ID)),
  v.strictObject({ situation: sentence, reaction: sentence }),
);
const schema = v.strictObject({
  capabilities: v.record(
    v.pipe(v.string(), v.regex(/^[A-Z]{2}$/)),
    v.strictObject({ name: sentence, basic: cells, combined: cells, adverse: cells }),
  ),
});

/** The behaviour matrix in a text. Throws `matrix-invalid` with what is wrong. */
export function readMatrix(text: string): Capability[] {
  const parsed = v.safeParse(schema, documentOf(text));
  if (!parsed.success) throw invalid(v.flatten(parsed.issues).nested ?? parsed.issues[0].message);
  const capabilities = Object.entries(parsed.output.capabilities).map(([code, one]) => ({
    code,
    name: one.name,
    cells: DEPTHS.flatMap((depth) =>
      Object.entries(one[depth]).map(([id, cell]) => ({ id, depth, ...cell })),
    ),
  }));
  const strays = capabilities.flatMap(({ code, cells: own }) =>
    own.filter(({ id }) => !id.startsWith(code)).map(({ id }) => `${id} stands under ${code}`),
  );
  const ids = capabilities.flatMap(({ cells: own }) => own.map(({ id }) => id));
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at).map((id) => `${id} stands twice`);
  if (strays.length + twice.length > 0) throw invalid([...strays, ...twice].join('; '));
  return capabilities;
}

function documentOf(text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause));
  }
}

function invalid(why: unknown): AnklumeError {
  const words = printable(typeof why === 'string' ? why : JSON.stringify(why)).slice(0, 2000);
  return new AnklumeError({
    code: 'matrix-invalid',
    exit: ExitCode.usage,
    message: {
      en: `tests/behavior_matrix.yml is not a behaviour matrix: ${words}`,
      fr: `tests/behavior_matrix.yml n'est pas une matrice des comportements : ${words}`,
    },
    remedy: {
      en: 'docs/behavior-matrix.md shows its form.',
      fr: 'docs/behavior-matrix_FR.md en montre la forme.',
    },
  });
}
