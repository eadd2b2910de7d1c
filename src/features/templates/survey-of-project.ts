import { step } from '../../base/messages/index.ts';
import { MARK } from '../../engine/index.ts';
import type { Daemon, Listening, World } from '../../site/index.ts';
import { findTemplate, templateNamed } from './find.ts';
import { PRISTINE, pristineOf } from './pristine.ts';
import { type Publication, publishState } from './publish.ts';
import { surveyOf, type Template, templatesAmong } from './survey.ts';

export type TemplateSurvey = Template;

/** Every template of an infrastructure, with what was published and derived from it, whatever is declared. */
export async function surveyTemplates(
  { desired }: Pick<World, 'desired'>,
  { incus }: Daemon,
): Promise<TemplateSurvey[]> {
  const [instances, images] = await Promise.all([incus.instances.list(), incus.images.list()]);
  return Promise.all(
    templatesAmong(instances, desired.projectName).map(async (template) => {
      const place = { project: template.project, instance: template.name };
      const pristine = await pristineOf(incus, place);
      return surveyOf(template, pristine?.created_at, instances, images);
    }),
  );
}

export type TemplatePublished = Publication & { readonly template: string };

/** Publishes a template under an alias. To be called within `alone`. */
export async function publishTemplate(
  world: World,
  daemon: Daemon,
  word: string,
  alias: string,
  { emit }: Listening,
): Promise<TemplatePublished> {
  const { incus } = daemon;
  const instances = await incus.instances.list();
  const { live, place, pristine } = await findTemplate(world, daemon, word, instances);
  const template = live.config[MARK.machine] ?? live.name;
  const label = {
    en: `Publish ${template} as ${alias}`,
    fr: `Publier ${template} sous le nom ${alias}`,
  };
  const publication = await step(emit, { id: `template:publish:${template}`, label }, () =>
    publishState(incus, place, pristine.created_at, alias),
  );
  return { template, ...publication };
}

/** Makes a template a machine like any other: its state that machines began with goes, the machine stays as it is. */
export async function releaseTemplate(
  world: World,
  { incus }: Daemon,
  word: string,
): Promise<{ readonly machine: string }> {
  const live = templateNamed(world, word, await incus.instances.list());
  const { project, name: instance } = live;
  await incus.instances.patch(instance, { config: { [MARK.template]: '' } }, { project });
  await incus.snapshots.delete(instance, PRISTINE, { project });
  return { machine: live.config[MARK.machine] ?? live.name };
}
