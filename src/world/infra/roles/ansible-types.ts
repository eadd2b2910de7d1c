import { isMapping } from '../mapping.ts';
import type { RoleVariable } from './describe.ts';

/** What Ansible reads as yes or no, lower case (`ansible.module_utils.parsing.convert_bool`). */
const BOOLEANS = new Set('y yes on 1 true t 1.0 n no off 0 false f 0.0'.split(' '));
const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  bool: (value) => isPlain(value) && BOOLEANS.has(String(value).trim().toLowerCase()),
  int: (value) =>
    typeof value === 'boolean' ||
    // Python takes `1_000` for a number, and JavaScript does not.
    (isNumeral(value) && Number.isInteger(Number(String(value).replaceAll('_', '')))),
  float: (value) => typeof value === 'boolean' || isNumeral(value),
  // A text becomes a list at its commas, and any other plain value a list of one.
  list: (value) => Array.isArray(value) || isPlain(value),
  dict: (value) => isMapping(value) || (typeof value === 'string' && /[={]/.test(value)),
};

/** What Ansible would refuse in a value: its type, or that it is none of the choices. */
export type Refusal =
  | { readonly reason: 'type'; readonly type: string }
  | { readonly reason: 'element'; readonly type: string }
  | { readonly reason: 'choice'; readonly choices: readonly string[] };

/**
 * Why Ansible would not take a value for a variable, or undefined when it would. Follows what its argument
 * specifications convert (`check_type_*` of ansible.module_utils.common.validation); in doubt, Ansible decides.
 */
export function refusalOf(value: unknown, variable: RoleVariable): Refusal | undefined {
  const { type = 'str', elements, choices } = variable;
  // Empty counts as not set, and what a template becomes is known to Ansible alone.
  if (value === null || value === undefined || isTemplate(value)) return undefined;
  if (!takes(type, value)) return { reason: 'type', type };
  const members = type === 'list' ? membersOf(value) : [value];
  if (type === 'list' && elements !== undefined && !members.every((one) => takes(elements, one)))
    return { reason: 'element', type: elements };
  if (!choices || members.every((one) => isChoice(one, choices))) return undefined;
  return { reason: 'choice', choices: choices.map(String) };
}

/** Types that take everything, and those that are not known here, are left to Ansible. */
function takes(type: string, value: unknown): boolean {
  // Python takes the digits of every script for digits.
  if (isTemplate(value) || (typeof value === 'string' && /[^\0-\x7f]/.test(value))) return true;
  return Object.hasOwn(TYPES, type) ? (TYPES[type]?.(value) ?? true) : true;
}

function membersOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'string' ? value.split(',').map((one) => one.trim()) : [value];
}

function isChoice(value: unknown, choices: readonly (string | number | boolean)[]): boolean {
  if (isTemplate(value)) return true;
  const words = choices.map((one) => String(one).toLowerCase());
  if (words.includes(String(value).toLowerCase())) return true;
  // `yes` without quotes is a truth for Ansible's YAML, and a word for the choices.
  return typeof value === 'boolean' && words.some((one) => BOOLEANS.has(one));
}

function isTemplate(value: unknown): boolean {
  return typeof value === 'string' && /\{\{|\{%/.test(value);
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

const NUMERAL = /^\s*[+-]?((\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)\s*$/i;

function isNumeral(value: unknown): boolean {
  if (typeof value === 'number' || typeof value === 'bigint') return true;
  return typeof value === 'string' && NUMERAL.test(value);
}
