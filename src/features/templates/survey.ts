import { ASIDE_PROJECT, MARK, ownInstances } from '../../engine/index.ts';
import type { Image, Instance } from '../../incus/index.ts';
import { PUBLISHED } from './properties.ts';
import { isPublished } from './publish.ts';

/** A machine that others are derived from. Plain JSON. */
export interface Template {
  readonly machine: string;
  readonly domain: string;
  readonly project: string;
  readonly instance: string;
  /** Incus's own word: `Stopped`, unless somebody works in it. */
  readonly state: string;
  /** When the state that machines begin with was kept, ISO 8601; absent where its creation did not come to its end. */
  readonly version?: string;
  /** The images that were published from it. */
  readonly images: readonly PublishedImage[];
  readonly machines: readonly DerivedMachine[];
}

export interface PublishedImage {
  readonly aliases: readonly string[];
  readonly fingerprint: string;
  readonly version: string;
  /** The template has another state by now. */
  readonly outdated: boolean;
}

/** A machine that began as a copy of a template. */
export interface DerivedMachine {
  readonly machine: string;
  readonly domain: string;
  readonly project: string;
  readonly instance: string;
  /** From the template itself, or from an image that was published from it. */
  readonly by: 'copy' | 'image';
  readonly version: string;
  /** The template has another state by now. */
  readonly outdated: boolean;
}

/** Machines of an infrastructure that are templates, whether they are finished or not. */
export function templatesAmong(instances: readonly Instance[], projectName: string): Instance[] {
  return ownInstances(instances).filter(
    ({ config }) => config[MARK.template] === 'true' && config[MARK.project] === projectName,
  );
}

/** A template with all that began as it. `version` is absent where no state was kept. */
export function surveyOf(
  template: Instance,
  version: string | undefined,
  instances: readonly Instance[],
  images: readonly Image[],
): Template {
  const from = `${template.project}/${template.name}`;
  return {
    ...namesOf(template),
    state: template.status,
    ...(version !== undefined && { version }),
    images: images
      .filter((image) => isPublished(image, from))
      .map(({ aliases, fingerprint, properties }) => ({
        aliases: aliases.map(({ name }) => name),
        fingerprint,
        ...dated(properties[PUBLISHED.version], version),
      })),
    machines: instances
      .filter((one) => one !== template && one.project !== ASIDE_PROJECT)
      .flatMap((one): DerivedMachine[] => {
        const origin = originOf(one);
        if (origin?.from !== from) return [];
        return [{ ...namesOf(one), by: origin.by, ...dated(origin.version, version) }];
      })
      .sort((a, b) => (a.machine < b.machine ? -1 : 1)),
  };
}

/** Which template a machine began as. A copy says it itself; one made from an image repeats what the image says. */
export function originOf({
  config,
}: Pick<Instance, 'config'>):
  | { readonly from: string; readonly version: string; readonly by: 'copy' | 'image' }
  | undefined {
  const { [MARK.derivedFrom]: from, [MARK.derivedVersion]: version = '' } = config;
  if (from) return { from, version, by: 'copy' };
  const origin = config[`image.${PUBLISHED.from}`];
  if (!origin) return undefined;
  return { from: origin, version: config[`image.${PUBLISHED.version}`] ?? '', by: 'image' };
}

function namesOf({ name, project, config }: Instance) {
  return {
    machine: config[MARK.machine] ?? name,
    domain: config[MARK.domain] ?? project,
    project,
    instance: name,
  };
}

function dated(version = '', now: string | undefined) {
  return { version, outdated: version !== now };
}
