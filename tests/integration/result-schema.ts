import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';

const schema = new URL('../../schemas/results.schema.json', import.meta.url);
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addSchema(JSON.parse(readFileSync(fileURLToPath(schema), 'utf8')), 'results');

/** What is wrong with an object that a command printed with `--json`, by the published schema. */
export function faultsOf(printed: { readonly type: string }): string[] {
  const validate = ajv.getSchema(`results#/$defs/${printed.type}`);
  if (!validate) return [`no result of the type '${printed.type}' is in the schema`];
  if (validate(printed)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** Commands whose standard output is not theirs alone, or is a document of another kind. */
const OTHERS = ['schema', 'shell'];

/**
 * Throws where a command that was asked for `--json` printed an object that the published schema does not describe.
 * What programs in machines wrote is not looked at.
 */
export function checkPrinted(
  args: readonly string[],
  { stdout, stderr }: { readonly stdout: string; readonly stderr: string },
): void {
  const dashes = args.indexOf('--');
  const own = dashes < 0 ? args : args.slice(0, dashes);
  if (!own.includes('--json') || OTHERS.some((word) => own.includes(word))) return;
  for (const line of [...stdout.split('\n'), ...stderr.split('\n')]) {
    const printed = parsed(line);
    const isForeign = dashes >= 0 && printed && !ajv.getSchema(`results#/$defs/${printed.type}`);
    const faults = printed && !isForeign ? faultsOf(printed) : [];
    if (faults.length === 0) continue;
    throw new Error(
      [`anklume ${args.join(' ')}: not as published:`, ...faults, line.slice(0, 2000)].join('\n'),
    );
  }
}

/** A line as an object with a type; undefined for all else, such as the end of what a killed program wrote. */
function parsed(line: string): { readonly type: string } | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const { type } = value as { type?: unknown };
    return typeof type === 'string' ? { ...(value as object), type } : undefined;
  } catch {
    return undefined;
  }
}
