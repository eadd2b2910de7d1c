export { readIfExists, writeAtomic } from './files.ts';
export { type Host, thisHost } from './host.ts';
export { cacheFolder, homeFolder, productRoot } from './paths.ts';
export { printable, type RunOptions, type RunResult, run } from './run.ts';
