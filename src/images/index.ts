export { cachedFiles } from './debian/cached-files.ts';
export { type EnsureOptions, ensureImage } from './ensure.ts';
export { probeImage } from './probe.ts';
export { localAlias, type Reference } from './reference.ts';
