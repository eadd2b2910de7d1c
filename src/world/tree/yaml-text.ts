import { AnklumeError } from '../../base/messages/index.ts';

/**
 * Writes plain data as YAML that YAML 1.2 readers and Ansible's PyYAML (1.1) read back to the same data.
 * A library's stringifier follows one version of the format; here every scalar that any of the two
 * could take for something else (`yes`, `0o7`, `1:30`, a date, U+0085) is quoted or escaped.
 */
export function yamlText(mapping: Readonly<Record<string, unknown>>): string {
  return pairs(mapping, '', { tag: none, path: [] });
}

/**
 * The same for a file that Ansible reads: it evaluates any text that looks like a template, wherever the text comes
 * from. It may in the variables named by `templates`; in the others such a text is marked as one to leave alone.
 */
export function variablesText(
  mapping: Readonly<Record<string, unknown>>,
  templates: ReadonlySet<string>,
): string {
  return Object.entries(mapping)
    .map(([key, value]) =>
      pairs({ [key]: value }, '', { tag: templates.has(key) ? none : unsafe, path: [] }),
    )
    .join('');
}

interface Writing {
  /** What stands before a text: a tag, or nothing. */
  readonly tag: (text: string) => '' | '!unsafe ';
  /** What lies around, to find a value that contains itself. */
  readonly path: readonly object[];
}

const none = () => '' as const;

/**
 * A template begins with `{{`, `{%` or `{#`. A role may put texts together, so what could become the first or the second
 * half of that is marked too: the mark outlives it.
 */
const unsafe = (text: string) => (/\{|^[%#]/.test(text) ? '!unsafe ' : '');

function pairs(mapping: object, indent: string, writing: Writing): string {
  return Object.entries(mapping)
    .map(([key, value]) => pair(key, value, indent, writing))
    .join('');
}

function pair(name: string, value: unknown, indent: string, writing: Writing): string {
  const key = writing.tag(name) + scalarText(name);
  // Readers give up looking for the colon of a simple key after 1024 characters.
  const head = key.length > 1000 ? `? ${key}\n${indent}:` : `${key}:`;
  return `${indent}${head}${valueText(value, indent, writing)}`;
}

/** What follows the colon, up to and with the last line break. */
function valueText(value: unknown, indent: string, writing: Writing): string {
  const inner = `${indent}  `;
  const tag = typeof value === 'string' ? writing.tag(value) : '';
  if (typeof value === 'string' && fitsLiteral(value)) return ` ${tag}${literal(value, inner)}`;
  if (typeof value !== 'object' || value === null) return ` ${tag}${plainData(value)}\n`;
  const below = descend(value, writing);
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []\n';
    return `\n${value.map((item) => element(item, inner, below)).join('')}`;
  }
  return Object.keys(value).length === 0 ? ' {}\n' : `\n${pairs(value, inner, below)}`;
}

/** One `- ` entry; a mapping begins on the line of its dash, anything else as after a colon. */
function element(item: unknown, indent: string, writing: Writing): string {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
    const lines = pairs(item, `${indent}  `, descend(item, writing));
    if (lines !== '') return `${indent}- ${lines.slice(indent.length + 2)}`;
  }
  return `${indent}-${valueText(item, indent, writing)}`;
}

function descend(value: object, { tag, path }: Writing): Writing {
  if (path.includes(value))
    throw new AnklumeError({
      code: 'cyclic-value',
      message: {
        en: 'A value in infra.yml contains itself, through an alias.',
        fr: 'Une valeur de infra.yml se contient elle-même, par un alias.',
      },
    });
  return { tag, path: [...path, value] };
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

/**
 * Outside PyYAML's printable set, a line break to it, a byte order mark, what shows a line otherwise than it is read
 * (invisible, or turned round), or half of a surrogate pair.
 */
const ESCAPED =
  /[\u0000-\u001f\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
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
