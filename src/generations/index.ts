export { type Aside, asideOf, bringBack } from './aside.ts';
export { chooseTarget } from './choose.ts';
export { changesWorld, concerned } from './concerned.ts';
export { type DataStep, decideData } from './data.ts';
export { readFiles, treeChanges, writeDeclaration, writeTree } from './files.ts';
export { type SafetyNet, spreadNet } from './net.ts';
export type { GenerationRecord, Target } from './record.ts';
export { type Cleaning, cleanUp, KEPT } from './safety.ts';
export { History } from './store.ts';
