export { DOMAIN_KEYS, type DomainFields, type ReadDomainFields, TRUST_LEVELS } from './domain.ts';
export {
  GLOBAL_KEYS,
  type GlobalFields,
  IMAGE_KEYS,
  type ImageFields,
  type ReadGlobalFields,
} from './global.ts';
export type { Readers } from './kinds.ts';
export { MACHINE_KEYS, type MachineFields, type ReadMachineFields } from './machine.ts';
export {
  fieldsOf,
  incusConfigOf,
  readFieldsOf,
  schemaOf,
  variablesOf,
  writtenFor,
} from './rows.ts';
