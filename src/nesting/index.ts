export { contextOf } from './context.ts';
export { CONTEXT_FOLDER, contextMarks, contextValues, splitMarks } from './marks.ts';
export { type NestingReading, parentReading, readNesting } from './read.ts';
export { tellContext } from './tell.ts';
export { hasNestingTemplates, NESTING_TEMPLATES } from './templates.ts';
