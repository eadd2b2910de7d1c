import { AnklumeError } from '../messages/index.ts';

/**
 * Writes plain data as YAML that YAML 1.2 readers and Ansible's PyYAML (1.1) read back to the same data.
 * A library's stringifier follows one version of the format; here every scalar that any of the two
 * could take for something else (`yes`, `0o7`, `1:30`, a date, U+0085) is quoted or escaped.
 */
export function yamlText(mapping: Readonly<Record<string, unknown>>): string {
  return Object.entries(mapping)
    .map(([key, value]) => pair(scalarText(key), value, '', []))
    .join('');
}

type Ancestors = readonly object[];

function pair(key: string, value: unknown, indent: string, above: Ancestors): string {
  // Readers give up looking for the colon of a simple key after 1024 characters.
  const head = key.length > 1000 ? `? ${key}\n${indent}:` : `${key}:`;
  return `${indent}${head}${valueText(value, indent, above)}`;
}

/** What follows the colon, up to and with the last line break. */
function valueText(value: unknown, indent: string, above: Ancestors): string {
  const inner = `${indent}  `;
  if (typeof value === 'string' && fitsLiteral(value)) return ` ${literal(value, inner)}`;
  if (typeof value !== 'object' || value === null) return ` ${plainData(value)}\n`;
  const path = [...above, descend(value, above)];
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => element(item, inner, path)).join('')}`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return ' {}\n';
  return `\n${entries.map(([key, item]) => pair(scalarText(key), item, inner, path)).join('')}`;
}

/** One `- ` entry; a mapping begins on the line of its dash, anything else as after a colon. */
function element(item: unknown, indent: string, above: Ancestors): string {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
    const path = [...above, descend(item, above)];
    const lines = Object.entries(item)
      .map(([key, value]) => pair(scalarText(key), value, `${indent}  `, path))
      .join('');
    if (lines !== '') return `${indent}- ${lines.slice(indent.length + 2)}`;
  }
  return `${indent}-${valueText(item, indent, above)}`;
}

function descend(value: object, above: Ancestors): object {
  if (above.includes(value))
    throw new AnklumeError({
      code: 'cyclic-value',
      message: {
        en: 'A value in infra.yml contains itself, through an alias.',
        fr: 'Une valeur de infra.yml se contient elle-même, par un alias.',
      },
    });
  return value;
}

function plainData(value: unknown): string {
  if (typeof value === 'string') return scalarText(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return 'null';
}

/** PyYAML takes a number with an exponent for a float only when it has a dot. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  if (Object.is(value, -0)) return '-0.0';
  const digits = String(value);
  return digits.includes('e') && !digits.includes('.') ? digits.replace('e', '.0e') : digits;
}

/** Words of any version that are not strings when they stand unquoted. */
const NOT_STRINGS = /^(y|yes|n|no|on|off|true|false|null)$/i;
/** Letters first, so never a number or a date; a colon only before a letter or digit. */
const PLAIN = /^[A-Za-zÀ-ÖØ-öø-ɏ_/](?: ?(?:[A-Za-zÀ-ÖØ-öø-ɏ0-9_./@+,'()-]|:(?=[A-Za-z0-9/])))*$/;
const PLAIN_ADDRESS = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(\/\d{1,2})?$/;

function scalarText(text: string): string {
  const plain = text.length < 1000 && (PLAIN.test(text) || PLAIN_ADDRESS.test(text));
  return plain && !NOT_STRINGS.test(text) ? text : quoted(text);
}

/** Outside PyYAML's printable set, a line break to it, a byte order mark, or half of a surrogate pair. */
const ESCAPED =
  /[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };

function quoted(text: string): string {
  const body = text
    .replace(/["\\]/g, '\\$&')
    .replace(ESCAPED, (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${body}"`;
}

/** Whether several lines may stand as they are under `|`: nothing to escape, no line that begins or ends oddly. */
function fitsLiteral(text: string): boolean {
  if (!/^[^\s].*\n/.test(text) || /[ \t]$/m.test(text) || /\n\n$/.test(text)) return false;
  return text.replace(/\n/g, '').search(ESCAPED) === -1;
}

function literal(text: string, indent: string): string {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '\n' : `${indent}${line}\n`));
  return `${text.endsWith('\n') ? '|' : '|-'}\n${lines.join('')}`;
}
