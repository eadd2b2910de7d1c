import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { firstFree } from '../base/system/index.ts';
import type { Snapshot } from '../incus/index.ts';

/** Names that the safety net gives its own snapshots; nobody else may, so that it never removes a user's. */
const RESERVED = /^pre-(apply|rollback|restore)-/;

/** Longest name in characters; it becomes part of a path on the daemon's host. */
const LONGEST = 100;

/** `20261122-031500`, in UTC: sorts as time does and holds no character that a name may not have. */
export function stampOf(time: Date): string {
  return time
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .replace('T', '-');
}

/** A name for a snapshot that nobody named: the time, and a number where that second has one already. */
export function automaticName(now: Date, taken: ReadonlySet<string> = new Set()): string {
  return firstFree(`snap-${stampOf(now)}`, taken);
}

export function isReserved(name: string): boolean {
  return RESERVED.test(name);
}

/** How the daemon calls those that it makes by itself, unless the machine says otherwise. */
const DEFAULT_PATTERN = 'snap%d';

/**
 * Whether nobody made a snapshot by hand: it is of the safety net, it expires, as only those of a schedule do, or it is
 * called as those of the machine's schedule are.
 */
export function isAutomatic(
  { name, expires_at: expires }: Pick<Snapshot, 'name' | 'expires_at'>,
  config: Readonly<Record<string, string>>,
): boolean {
  if (isReserved(name) || Date.parse(expires ?? '') > 0) return true;
  if (!config['snapshots.schedule']) return false;
  return patternOf(config['snapshots.pattern'] || DEFAULT_PATTERN).test(name);
}

/** A pattern counts with `%d` and holds templates such as `{{ creation_date }}`. */
function patternOf(untrustedPattern: string): RegExp {
  const parts = untrustedPattern.slice(0, LONGEST).split(/(%d|\{\{.*?\}\})/);
  const words = parts.map((part) => {
    if (part === '%d') return '\\d+';
    return part.startsWith('{{') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${words.join('')}(-\\d+)?$`);
}

/** Throws `bad-snapshot-name` (exit 2) for what Incus would refuse, or what belongs to the safety net. */
export function checkName(name: string): void {
  const good = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name.length <= LONGEST;
  if (good && !isReserved(name)) return;
  throw new AnklumeError({
    code: 'bad-snapshot-name',
    exit: ExitCode.usage,
    message: good
      ? {
          en: `'${name}' begins like the snapshots that apply makes by itself.`,
          fr: `« ${name} » commence comme les instantanés qu'apply fait de lui-même.`,
        }
      : {
          en: `'${name}' cannot be the name of a snapshot.`,
          fr: `« ${name} » ne peut pas être le nom d'un instantané.`,
        },
    remedy: {
      en: `Letters, digits, '.', '_' and '-', at most ${LONGEST}, not beginning with pre-apply-, pre-rollback- or pre-restore-.`,
      fr: `Lettres, chiffres, « . », « _ » et « - », ${LONGEST} au plus, sans commencer par pre-apply-, pre-rollback- ni pre-restore-.`,
    },
  });
}
