export { auditFile } from './audit.ts';
export { type Copied, copyFiles } from './copy.ts';
export { declaredIn } from './declared.ts';
export { parsePlace } from './place.ts';
