/** Properties of an image that was published from a template; machines made from it carry them as `image.<property>`. */
export const PUBLISHED = {
  /** `project/instance` of the template. */
  from: 'anklume.template.from',
  /** When the state that it holds was kept. */
  version: 'anklume.template.version',
} as const;

/** Tells images of the golden cache, which inherit the properties above, from published ones. */
export const CACHED = 'anklume.golden.recipe';
