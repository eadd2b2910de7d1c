import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { infraJsonSchema } from './index.ts';

it('the schema that is shipped is the schema in use', () => {
  const shipped: unknown = JSON.parse(readFileSync('schemas/infra.schema.json', 'utf8'));
  expect(infraJsonSchema()).toEqual(shipped);
});
