export { contextOf } from './context.ts';
export { contextMarks, splitMarks } from './marks.ts';
export { type NestingReading, parentReading, readNesting } from './read.ts';
export { tellContext } from './tell.ts';
export { hasNestingTemplates, NESTING_TEMPLATES } from './templates.ts';
