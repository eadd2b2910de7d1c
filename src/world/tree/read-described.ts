import type { DescribedMachine } from '../infra/index.ts';
import { field, fields, listOf, oneOf, requiredField, text } from './parse.ts';
import type { Value } from './value.ts';

/** The machines that are described and left alone. */
export const describedMachines = listOf(describedMachine);

function describedMachine(value: Value): DescribedMachine {
  const parts = fields(value);
  const ip = field(parts, 'ip', text, undefined);
  return {
    name: requiredField(value, parts, 'name', text),
    domain: requiredField(value, parts, 'domain', text),
    project: requiredField(value, parts, 'project', text),
    instance: requiredField(value, parts, 'instance', text),
    type: field(parts, 'type', oneOf(['lxc', 'vm']), 'lxc'),
    ...(ip !== undefined && { ip }),
    description: field(parts, 'description', text, ''),
  };
}
