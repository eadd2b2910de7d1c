import { AnklumeError, type Emit } from '../../base/messages/index.ts';
import { type Incus, isKind } from '../../incus/index.ts';
import { hasNestingTemplates, splitMarks, tellContext } from '../../nesting/index.ts';
import type { Wanted } from '../plan.ts';
import { isUncertain } from './recover.ts';

type Config = Wanted['config'];

/**
 * Writes into a machine what the keys of `config` say of its nesting, and gives the config that may be recorded:
 * without those keys where the machine would not be written into. It runs all the same, and the next run tries again.
 */
export async function tellMachine(
  incus: Incus,
  place: { readonly project: string; readonly name: string },
  config: Config,
  emit: Emit,
): Promise<Config> {
  const { marks, others } = splitMarks(config);
  try {
    await tellContext(incus, place, marks);
    return config;
  } catch (error) {
    if (!(error instanceof AnklumeError) || isUncertain(error)) throw error;
    const { name } = place;
    emit({
      type: 'note',
      level: 'warning',
      code: 'nesting-not-told',
      text: {
        en: `'${name}' could not be told its nesting level: ${error.text.en}`,
        fr: `« ${name} » n'a pas pu apprendre son niveau d'imbrication : ${error.text.fr}`,
      },
      remedy: {
        en: 'Look at /etc/anklume inside it; the next apply tries again.',
        fr: "Regardez /etc/anklume à l'intérieur ; le prochain apply réessaiera.",
      },
    });
    return others;
  }
}

/** How a machine's image is named. */
export type ImageSource = { readonly alias: string } | { readonly fingerprint: string };

/** Whether what is made from an image writes its context itself; each image is looked at once in a run. */
export class ImageTemplates {
  readonly #known = new Map<string, Promise<boolean>>();

  inside(incus: Incus, source: ImageSource): Promise<boolean> {
    const name = 'alias' in source ? source.alias : source.fingerprint;
    const known = this.#known.get(name) ?? this.#look(incus, source);
    this.#known.set(name, known);
    return known;
  }

  async #look(incus: Incus, source: ImageSource): Promise<boolean> {
    try {
      const fingerprint =
        'alias' in source ? await incus.images.alias(source.alias) : source.fingerprint;
      if (fingerprint === undefined) return false;
      const { value } = await incus.images.get(fingerprint);
      return hasNestingTemplates(value.properties ?? {});
    } catch (error) {
      if (isKind(error, 'not-found')) return false;
      throw error;
    }
  }
}
