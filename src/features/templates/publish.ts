import { AnklumeError } from '../../base/messages/index.ts';
import { shownTime } from '../../base/system/index.ts';
import { inProject, publishCopy } from '../../copies/index.ts';
import type { Image, Incus } from '../../incus/index.ts';
import { makeKeysAtBoot } from './host-keys.ts';
import { type Place, PRISTINE } from './pristine.ts';
import { CACHED, PUBLISHED } from './properties.ts';

export interface Publication {
  readonly alias: string;
  readonly fingerprint: string;
  readonly version: string;
  /** False where the alias named an image of this very state already. */
  readonly made: boolean;
}

/**
 * Publishes the state of a template as an image under an alias. An image that it takes the alias of goes when it was
 * published from this template and has no other name; the image of somebody else keeps its alias: `alias-taken`.
 */
export async function publishState(
  incus: Incus,
  place: Place,
  version: string,
  alias: string,
): Promise<Publication> {
  const from = `${place.project}/${place.instance}`;
  const images = await incus.images.list();
  const before = images.find(({ aliases }) => aliases.some(({ name }) => name === alias));
  if (before && !isPublished(before, from)) throw taken(alias);
  if (before?.properties[PUBLISHED.version] === version)
    return { alias, fingerprint: before.fingerprint, version, made: false };
  const same = images.find(
    (image) => isPublished(image, from) && image.properties[PUBLISHED.version] === version,
  );
  const fingerprint = same?.fingerprint ?? (await publish(incus, place, from, version));
  await incus.images.setAlias(alias, fingerprint);
  if (before && before.aliases.length === 1) await incus.images.delete(before.fingerprint);
  return { alias, fingerprint, version, made: true };
}

function publish(incus: Incus, place: Place, from: string, version: string): Promise<string> {
  const properties = {
    description: `Template ${from} as of ${shownTime(version)} (anklume)`,
    [PUBLISHED.from]: from,
    [PUBLISHED.version]: version,
  };
  return inProject(incus, () =>
    publishCopy(incus, { ...place, snapshot: PRISTINE }, 'publication', properties, makeKeysAtBoot),
  );
}

/** Whether an image was published from this template. */
export function isPublished({ properties }: Image, from: string): boolean {
  return properties[PUBLISHED.from] === from && properties[CACHED] === undefined;
}

function taken(alias: string): AnklumeError {
  return new AnklumeError({
    code: 'alias-taken',
    message: {
      en: `The alias '${alias}' names an image that was not published from this template.`,
      fr: `L'alias « ${alias} » désigne une image qui n'a pas été publiée depuis ce modèle.`,
    },
    remedy: {
      en: `Choose another, or give that image another name: anklume incus -- image alias rename ${alias} OTHER`,
      fr: `Choisissez-en un autre, ou renommez celui de cette image : anklume incus -- image alias rename ${alias} AUTRE`,
    },
  });
}
