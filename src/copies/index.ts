export { type CopyPut, dressCopy, makeCopy } from './copy.ts';
export { clearProject, inProject } from './project.ts';
export { publishCopy } from './publish.ts';
export { scrub } from './scrub.ts';
