import type { Place, Problem } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { Mismatch, type Parse } from './parse.ts';
import type { Value } from './value.ts';
import type { Layer } from './variable-file.ts';

/**
 * The variables that hold for one host or group, as Ansible merges them: the first layer that
 * has a name wins. What is wrong with a variable is added to `problems`, each under its place.
 */
export class Variables {
  private readonly layers: readonly Layer[];
  /** Where a missing variable belongs. */
  private readonly home: string;
  private readonly problems: Problem[];

  constructor(layers: readonly Layer[], home: string, problems: Problem[]) {
    this.layers = layers;
    this.home = home;
    this.problems = problems;
  }

  /** The variable, or undefined when nobody sets it, or sets it to null. */
  find(name: string): Value | undefined {
    const value = this.layers.find((layer) => layer.variables.has(name))?.variables.get(name);
    return value?.isNull ? undefined : value;
  }

  /** Where the variable is set, or would be. */
  placeOf(name: string): Place {
    return this.find(name)?.place ?? { file: this.home, line: 1, column: 1 };
  }

  /** The parsed variable; `otherwise` when it is not set, or is wrong, which is then told. */
  read<T, U>(name: string, parse: Parse<T>, otherwise: U): T | U {
    const value = this.find(name);
    if (value === undefined) return otherwise;
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      this.problems.push(wrongValue(name, error));
      return otherwise;
    }
  }

  /** As `read`, for a variable that must be set. The stand-in is never used: the told error forbids going on. */
  require<T>(name: string, parse: Parse<T>, standIn: T): T {
    if (this.find(name) === undefined) this.problems.push(this.missing(name));
    return this.read(name, parse, standIn);
  }

  private missing(name: string): Problem {
    return {
      code: 'tree-variable-missing',
      severity: 'error',
      path: [name],
      place: { file: this.home, line: 1, column: 1 },
      message: {
        en: `'${name}' is not set for ${printable(this.home)}.`,
        fr: `« ${name} » n'est pas défini pour ${printable(this.home)}.`,
      },
      remedy: {
        en: 'Run `anklume sync`, or set it there by hand.',
        fr: 'Lancez « anklume sync », ou définissez-le là à la main.',
      },
    };
  }
}

function wrongValue(name: string, { value, wanted }: Mismatch): Problem {
  const said = printable(value.scalar()?.text ?? '').slice(0, 80);
  const shown =
    said === '' ? { en: '', fr: '' } : { en: `, not '${said}'`, fr: `, pas « ${said} »` };
  const remedy = /\{\{|\{%/.test(said)
    ? {
        en: 'Write the value itself: this variable is read before Ansible expands templates.',
        fr: "Écrivez la valeur elle-même : cette variable est lue avant qu'Ansible développe les modèles.",
      }
    : {
        en: 'Correct this line, or remove it if you wrote it to replace the managed one.',
        fr: "Corrigez cette ligne, ou supprimez-la si vous l'aviez écrite pour remplacer celle de la section gérée.",
      };
  return {
    code: 'tree-wrong-value',
    severity: 'error',
    path: [name],
    place: value.place,
    message: {
      en: `'${name}' must be ${wanted.en}${shown.en}.`,
      fr: `« ${name} » doit être ${wanted.fr}${shown.fr}.`,
    },
    remedy,
  };
}
