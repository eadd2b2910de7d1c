import { type Asked, answers, type Kept } from './kept.ts';

/** A machine that is to be made, and what it would be made from. */
export interface Wish extends Asked {
  /** Of its entry in the plan. */
  readonly id: string;
}

/** Machines that are to be the same: one is provisioned, the others become its copies. */
export interface Lot {
  readonly recipe: string;
  readonly model: string;
  readonly followers: readonly string[];
}

export interface Sharing {
  /** Machines that are made from an image that is kept: id to fingerprint. */
  readonly fromKept: ReadonlyMap<string, string>;
  readonly lots: readonly Lot[];
}

/**
 * Machines that have to be equal for a copy to be worth its while: two are provisioned side by side in the time of one,
 * and to keep an image takes some seconds and its space.
 */
export const WORTH_KEEPING = 3;

/** Which machine is made from what. The first of a lot, in the order of the plan, is the model. */
export function share(wishes: readonly Wish[], kept: readonly Kept[]): Sharing {
  const fromKept = new Map<string, string>();
  const alike = new Map<string, Wish[]>();
  for (const wish of wishes) {
    const image = kept.find((one) => answers(one, wish));
    if (image) fromKept.set(wish.id, image.fingerprint);
    else alike.set(wish.recipe, [...(alike.get(wish.recipe) ?? []), wish]);
  }
  const lots = [...alike].flatMap(([recipe, [model, ...others]]): Lot[] =>
    model && others.length + 1 >= WORTH_KEEPING
      ? [{ recipe, model: model.id, followers: others.map(({ id }) => id) }]
      : [],
  );
  return { fromKept, lots };
}
