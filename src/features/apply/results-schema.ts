import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { productRoot } from '../../base/system/index.ts';

/** The shipped JSON Schema of what commands print with `--json`; it is made of the types of the results. */
export async function resultsSchema(): Promise<object> {
  return JSON.parse(await readFile(join(productRoot(), 'schemas', 'results.schema.json'), 'utf8'));
}
