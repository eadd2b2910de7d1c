import { type Incus, isKind } from '../../incus/index.ts';
import { AnklumeError, type Emit } from '../../messages/index.ts';
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

/** Whether what is made from an image writes its context itself; each image is looked at once in a run. */
export class ImageTemplates {
  readonly #known = new Map<string, Promise<boolean>>();

  inside(incus: Incus, alias: string): Promise<boolean> {
    const known = this.#known.get(alias) ?? this.#look(incus, alias);
    this.#known.set(alias, known);
    return known;
  }

  async #look(incus: Incus, alias: string): Promise<boolean> {
    try {
      const fingerprint = await incus.images.alias(alias);
      if (fingerprint === undefined) return false;
      const { value } = await incus.images.get(fingerprint);
      return hasNestingTemplates(value.properties ?? {});
    } catch (error) {
      if (isKind(error, 'not-found')) return false;
      throw error;
    }
  }
}
