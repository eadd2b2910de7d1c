import { _addIssue, type GenericSchema } from 'valibot';

/**
 * The same schema, but a list is not taken for a mapping: valibot accepts any object, and a list is one,
 * so `domains: [pro]` would declare a domain called `0`.
 */
export function noList<Schema extends GenericSchema>(schema: Schema): Schema {
  const run = schema['~run'];
  return {
    ...schema,
    '~run'(dataset, config) {
      if (!Array.isArray(dataset.value)) return run.call(schema, dataset, config);
      _addIssue(schema, 'type', dataset, config);
      return dataset as unknown as ReturnType<typeof run>;
    },
  } satisfies GenericSchema as Schema;
}
