export { type Candidate, candidatesOf } from './candidates.ts';
export { capture, type Model, publishCopy } from './capture.ts';
export { type CopyPut, dressCopy, makeCopy } from './copy.ts';
export { type Asked, type Kept, keptAmong, unasked } from './kept.ts';
export { clearProject, inProject } from './project.ts';
export type { Recipe } from './recipe.ts';
export { recipesOf } from './recipes.ts';
export { scrub } from './scrub.ts';
export { type Lot, type Sharing, share, WORTH_KEEPING } from './share.ts';
