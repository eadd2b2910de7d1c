export { cachedFiles } from './debian/cached-files.ts';
export { type EnsureOptions, ensureImage } from './ensure.ts';
export { probeImage } from './probe.ts';
export { localAlias, type Reference } from './reference.ts';
export { type ExportReport, exportImages } from './store/export.ts';
export { imageFolder, importFolder, SHARED_IMAGES } from './store/folder.ts';
export { type ImportReport, importImages } from './store/import.ts';
