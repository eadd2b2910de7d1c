import type { Proposer } from '../../kit/proposer.ts';

/** Names of the shipped examples. */
export const exampleNames: Proposer = async () => {
  const up = await import('./new-project.ts');
  return up.exampleNames();
};
