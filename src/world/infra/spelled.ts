/**
 * A plain YAML value whose spelling says more than its meaning: `022`, `1.10`, `20:22`, `no`. What it becomes depends
 * on what is wanted where it stands: a text is what was written, a number must be one that nobody reads differently.
 */
export class Spelled {
  /** What YAML 1.1 makes of it. */
  readonly value: number | boolean;
  readonly text: string;

  constructor(value: number | boolean, text: string) {
    this.value = value;
    this.text = text;
  }
}

/** The value of a scalar, together with its spelling where that could not be told from the value. */
export function spelled(value: number | boolean, source = String(value)) {
  const plain = source === String(value) && !/\de/.test(source);
  return plain ? value : new Spelled(value, source);
}

/** What PyYAML, and with it Ansible, takes for a number; it knows fewer spellings than YAML 1.1 has. */
const PYTHON_NUMBER = [
  /^[-+]?(0b[01_]+|0[0-7_]+|0|[1-9][\d_]*|0x[\da-fA-F_]+|[1-9][\d_]*(:[0-5]?\d)+)$/,
  /^[-+]?(\d[\d_]*\.[\d_]*([eE][-+]\d+)?|\d[\d_]*(:[0-5]?\d)+\.[\d_]*|\.(inf|Inf|INF))$/,
  /^\.(\d[\d_]*([eE][-+]\d+)?|nan|NaN|NAN)$/,
];

/** The value that Ansible makes of it. A whole number too long for a number here is kept as its digits. */
export function readByAnsible({ value, text }: Spelled): string | number | boolean {
  if (typeof value === 'boolean') return text.length === 1 ? text : value;
  if (!PYTHON_NUMBER.some((form) => form.test(text))) return text;
  return Math.abs(value) > Number.MAX_SAFE_INTEGER && /^[-+]?[1-9]\d*$/.test(text) ? text : value;
}
