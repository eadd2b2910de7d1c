export { type Imported, importWorld } from './import-world.ts';
export type { Left } from './left.ts';
export { importText } from './text.ts';
