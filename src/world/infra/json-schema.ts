import { type JsonSchema, toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { domainSchema, infraSchema, machineSchema, policySchema, profileSchema } from './schema.ts';

/** What the checks behind the shape ask for, as far as an editor can know it. */
const REQUIRED = new Map<GenericSchema, string[]>([
  [infraSchema, ['project_name', 'domains']],
  [policySchema, ['from', 'to']],
]);

/** Entries that may be written as a bare name. */
const MAY_BE_EMPTY = new Set<GenericSchema>([domainSchema, machineSchema, profileSchema]);

/** The JSON Schema (draft 7) of infra.yml, for completion and checks in editors. */
export function infraJsonSchema(): JsonSchema {
  const { $schema, ...converted } = toJsonSchema(infraSchema, {
    target: 'draft-07',
    errorMode: 'throw',
    overrideSchema: ({ valibotSchema, jsonSchema }) => adjusted(valibotSchema, jsonSchema),
  });
  return { $schema, title: 'infra.yml', ...converted } as JsonSchema;
}

function adjusted(schema: GenericSchema, converted: JsonSchema): JsonSchema {
  if (converted.type !== 'object') return converted;
  const result: Record<string, unknown> = { ...converted };
  const required = REQUIRED.get(schema);
  if (required) result.required = required;
  else delete result.required;
  if (schema.type === 'object') result.additionalProperties = false;
  if (MAY_BE_EMPTY.has(schema)) result.type = ['object', 'null'];
  const machines = converted.properties?.machines;
  if (schema === domainSchema && typeof machines === 'object')
    result.properties = {
      ...converted.properties,
      instances: { ...machines, description: 'Another word for machines.' },
    };
  return result as JsonSchema;
}
