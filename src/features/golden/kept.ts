import type { Image } from '../../incus/index.ts';

/** Properties of an image that say what it is. */
export const KEPT = {
  recipe: 'anklume.golden.recipe',
  /** Fingerprint of the image that the machine was made from. */
  base: 'anklume.golden.base',
  /** `project_name` of the infrastructure that made it. */
  project: 'anklume.golden.project',
  /** The same image as people write it. */
  image: 'anklume.golden.image',
  /** Names, with commas. */
  roles: 'anklume.golden.roles',
} as const;

/** A provisioned machine that is kept as an image. */
export interface Kept {
  readonly fingerprint: string;
  readonly recipe: string;
  readonly base: string;
  readonly project: string;
  readonly image: string;
  readonly roles: readonly string[];
  /** Bytes. */
  readonly size: number;
  readonly createdAt: string;
}

/** Those among the daemon's images that are kept machines. */
export function keptAmong(images: readonly Image[]): Kept[] {
  return images.flatMap(({ fingerprint, properties, size, created_at: createdAt = '' }) => {
    const { [KEPT.recipe]: recipe, [KEPT.base]: base, [KEPT.project]: project } = properties ?? {};
    if (recipe === undefined || base === undefined || project === undefined) return [];
    const image = properties[KEPT.image] ?? '';
    const roles = (properties[KEPT.roles] ?? '').split(',').filter(Boolean);
    return [{ fingerprint, recipe, base, project, image, roles, size, createdAt }];
  });
}

/** What a machine that exists or is to be made asks for. */
export interface Asked {
  readonly recipe: string;
  /** Fingerprint of its image; absent where the daemon has none. */
  readonly base?: string | undefined;
}

export function answers(kept: Kept, { recipe, base }: Asked): boolean {
  return kept.recipe === recipe && kept.base === base;
}

/** Of the images that an infrastructure keeps, those that none of its machines would be made from. */
export function unasked(
  kept: readonly Kept[],
  project: string,
  asked: readonly Asked[],
): readonly Kept[] {
  return kept.filter((one) => one.project === project && !asked.some((ask) => answers(one, ask)));
}
