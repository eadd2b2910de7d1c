import { error, type Finding, type Path, warning } from './finding.ts';
import { keyKind } from './incus-keys.ts';
import { isMapping, mapValues } from './mapping.ts';
import { readByAnsible, Spelled } from './spelled.ts';

/** What is known of a schema without running it. */
interface Shape {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly item?: Shape;
  readonly value?: Shape;
  readonly wrapped?: Shape;
  readonly options?: readonly Shape[];
}

export interface Written {
  readonly value: unknown;
  /** Values that could not be taken as they are wanted, and are now the text that was written. */
  readonly misread: ReadonlyMap<string, Spelled>;
  readonly findings: readonly Finding[];
  /** Paths of values that are left out, as a finding says what is wrong with them. */
  readonly cut: readonly Path[];
}

/**
 * Takes every value for what is wanted where it stands: text as it was written, true or false for the words of
 * YAML 1.1 that mean them, and a number only where it is written in plain decimal digits. YAML 1.1 reads `022` as 18
 * and `20:22` as 1222, other readers do not, and nobody who wrote a port or a version meant either.
 */
export function asWritten(schema: object, untrusted: unknown): Written {
  const reader = new Reader();
  const value = reader.read(schema as Shape, untrusted, []);
  return { value, misread: reader.misread, findings: reader.findings, cut: reader.cut };
}

class Reader {
  readonly misread = new Map<string, Spelled>();
  readonly findings: Finding[] = [];
  readonly cut: Path[] = [];

  read(shape: Shape | undefined, value: unknown, path: Path): unknown {
    if (shape?.type === 'optional') return this.read(shape.wrapped, value, path);
    if (Array.isArray(value)) {
      const item = optionOf(shape, 'array')?.item;
      return value.map((one, i) => this.read(item, one, [...path, String(i)]));
    }
    if (isMapping(value)) return this.mapping(shape, value, path);
    if (isPlain(value)) return this.plain(shape, value, path);
    return value;
  }

  private mapping(shape: Shape | undefined, value: Record<string, unknown>, path: Path): unknown {
    const known = optionOf(shape, 'object') ?? optionOf(shape, 'loose_object');
    const each = optionOf(shape, 'record')?.value;
    const read = mapValues(value, (one, key) => {
      const own = known?.entries;
      return this.read(own && Object.hasOwn(own, key) ? own[key] : each, one, [...path, key]);
    });
    for (const gone of this.cut)
      if (gone.length === path.length + 1) delete read[gone.at(-1) ?? ''];
    return read;
  }

  private plain(shape: Shape | undefined, value: Spelled | number | boolean, path: Path): unknown {
    const wants = wantsOf(shape);
    const said = value instanceof Spelled ? value.value : value;
    const text = value instanceof Spelled ? value.text : String(value);
    if (wants.has('boolean') && wants.has('string')) return this.setting(value, path);
    if (wants.has('boolean') && typeof said === 'boolean') return said;
    if (wants.has('number') && typeof value === 'number') return value;
    if (wants.has('string')) return text;
    if (!(value instanceof Spelled)) return value;
    if (wants.size === 0) return isOfMachine(path) ? this.variable(value, path) : said;
    this.misread.set(keyOf(path), value);
    return text;
  }

  /** A key of Incus takes any text, but some of them stand for a flag or a number all the same. */
  private setting(value: Spelled | number | boolean, path: Path): unknown {
    if (!(value instanceof Spelled)) return value;
    const [section, key = ''] = [path.at(-3), path.at(-1)];
    const kind = keyKind(section === 'devices' ? 'device' : 'config', key);
    if (kind === 'flag' && typeof value.value === 'boolean') return value.value;
    if (kind !== 'number') return value.text;
    this.findings.push(ambiguous(key, value, path));
    this.cut.push(path);
    return value.text;
  }

  /** As Ansible would read it, told where that is another number than the one that stands there. */
  private variable(value: Spelled, path: Path): unknown {
    const read = readByAnsible(value);
    if (typeof read === 'number') this.findings.push(changed(path, value));
    return read;
  }
}

/** A key of a machine that no shape tells of: a variable of one of its roles. */
function isOfMachine(path: Path): boolean {
  return path[0] === 'domains' && path[2] === 'machines' && path.length > 4;
}

function isPlain(value: unknown): value is Spelled | number | boolean {
  return value instanceof Spelled || typeof value === 'number' || typeof value === 'boolean';
}

/** The shape itself, or the alternative of it, that is of a type. */
function optionOf(shape: Shape | undefined, type: string): Shape | undefined {
  if (shape?.type === 'union') return shape.options?.find((one) => one.type === type);
  return shape?.type === type ? shape : undefined;
}

/** Which plain values a shape takes; a choice of words is a text. Nothing for what no shape tells. */
function wantsOf(shape: Shape | undefined): ReadonlySet<string> {
  const options = shape?.type === 'union' ? (shape.options ?? []) : shape ? [shape] : [];
  const kinds = options.map(({ type }) => (type === 'picklist' ? 'string' : type));
  return new Set(kinds.filter((kind) => kind !== 'unknown'));
}

export function keyOf(path: Path): string {
  return path.join('\0');
}

function ambiguous(key: string, { text, value }: Spelled, path: Path): Finding {
  return error(
    'ambiguous-number',
    path,
    {
      en: `'${key}' is a number to Incus, and ${text} is none that everybody reads alike: ${readings(value).en}.`,
      fr: `« ${key} » est un nombre pour Incus, et ${text} n'en est pas un que tous lisent de la même façon : ${readings(value).fr}.`,
    },
    { remedy: plainDigits },
  );
}

function changed(path: Path, { text, value }: Spelled): Finding {
  const key = path.at(4) ?? '';
  return warning(
    'ambiguous-variable',
    path,
    {
      en: `In '${key}', Ansible reads ${text} as the number ${value}.`,
      fr: `Dans « ${key} », Ansible lit ${text} comme le nombre ${value}.`,
    },
    {
      remedy: {
        en: `Put it in quotes if it is meant as it stands ("${text}"), or write ${value}.`,
        fr: `Mettez-le entre guillemets droits s'il est voulu tel quel ("${text}"), ou écrivez ${value}.`,
      },
    },
  );
}

function readings(value: number | boolean) {
  return { en: `YAML 1.1 takes it for ${value}`, fr: `YAML 1.1 y lit ${value}` };
}

/** What a value that was misread may be taken for, to be added to a remedy. */
export function misreading({ text, value }: Spelled) {
  return {
    en: `YAML 1.1 takes ${text} for ${value}; write plain decimal digits.`,
    fr: `YAML 1.1 lit ${text} comme ${value} ; écrivez de simples chiffres décimaux.`,
  };
}

const plainDigits = {
  en: 'Write plain decimal digits, without a leading zero, a colon or an underscore.',
  fr: 'Écrivez de simples chiffres décimaux, sans zéro au début, deux-points ni tiret bas.',
};
