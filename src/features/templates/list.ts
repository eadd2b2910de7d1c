import type { Daemon, World } from '../../site/index.ts';
import type { Template } from './survey.ts';
import { surveyTemplates } from './survey-of-project.ts';

/** Templates as they are listed. Plain JSON. */
export interface ListedTemplates {
  readonly templates: readonly Template[];
  /** Whether a machine or an image of any template is outdated. */
  readonly outdated: boolean;
}

/** The templates of a project; with `onlyOutdated` they show what is outdated alone. */
export async function listTemplates(
  world: Pick<World, 'desired'>,
  daemon: Daemon,
  { onlyOutdated }: { readonly onlyOutdated: boolean },
): Promise<ListedTemplates> {
  const all = await surveyTemplates(world, daemon);
  const narrowed = all.map((one) => ({
    ...one,
    machines: one.machines.filter(({ outdated }) => outdated),
    images: one.images.filter(({ outdated }) => outdated),
  }));
  return {
    templates: onlyOutdated ? narrowed : all,
    outdated: narrowed.some(({ machines, images }) => machines.length + images.length > 0),
  };
}
