/** Names that Incus gives to schedules of machines; volumes have no @startup and no @never. */
const NAMES = new Set(
  '@hourly @daily @midnight @weekly @monthly @annually @yearly @startup @never'.split(' '),
);

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const DAYS = 'sun mon tue wed thu fri sat'.split(' ');

interface Field {
  readonly first: number;
  readonly last: number;
  /** Words for numbers, from `first` on. */
  readonly words?: readonly string[];
}

const FIELDS: readonly Field[] = [
  { first: 0, last: 59 },
  { first: 0, last: 23 },
  { first: 1, last: 31 },
  { first: 1, last: 12, words: MONTHS },
  { first: 0, last: 6, words: DAYS },
];

/** Whether a text is a schedule that Incus understands, or several. */
export function isSchedule(text: string): boolean {
  return incusSchedule(text) !== undefined;
}

/**
 * A schedule as Incus writes it: five fields of cron or a name such as `@daily`, several with a comma and one space
 * between them. Undefined for what it does not know, or knows in some of its versions alone. Of several, none may have
 * a comma of its own: Incus would cut the list there when the time comes.
 */
export function incusSchedule(
  text: string,
  names: ReadonlySet<string> = NAMES,
): string | undefined {
  const all = text.trim().split(/,[ \t]+/);
  const known = all.every((one) => names.has(one.toLowerCase()) || isCron(one));
  if (!known || (all.length > 1 && all.some((one) => one.includes(',')))) return undefined;
  return all
    .map((one) =>
      one
        .trim()
        .split(/[ \t]+/)
        .join(' '),
    )
    .join(', ');
}

/** The same for a schedule of a volume. */
export function volumeSchedule(text: string): string | undefined {
  return incusSchedule(text, OF_VOLUMES);
}

const OF_VOLUMES = new Set([...NAMES].filter((name) => name !== '@startup' && name !== '@never'));

function isCron(text: string): boolean {
  const fields = text
    .trim()
    .toLowerCase()
    .split(/[ \t]+/);
  return fields.length === FIELDS.length && FIELDS.every((field, i) => isField(fields[i], field));
}

function isField(text: string | undefined, field: Field): boolean {
  return text?.split(',').every((part) => isRange(part, field)) ?? false;
}

/** `*`, `2`, `2-5`, `*\/10`, `2-30/7`. */
function isRange(text: string, field: Field): boolean {
  const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  if (from === undefined || (step !== undefined && Number(step) === 0)) return false;
  if (from === '*') return to === undefined;
  const first = numberOf(from, field);
  const last = to === undefined ? first : numberOf(to, field);
  return first !== undefined && last !== undefined && first <= last;
}

function numberOf(text: string, { first, last, words = [] }: Field): number | undefined {
  const word = words.indexOf(text);
  const number = word >= 0 ? word + first : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= first && number <= last ? number : undefined;
}
