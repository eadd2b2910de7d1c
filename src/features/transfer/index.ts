export { auditFile } from './audit.ts';
export { type Copied, copyFiles } from './copy.ts';
export { declaredIn } from './declared.ts';
export { type CopyOutcome, copyMany, pairsOf } from './many.ts';
export { parsePlaces } from './place.ts';
