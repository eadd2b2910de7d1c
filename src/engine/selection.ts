import { AnklumeError, ExitCode } from '../base/messages/index.ts';
import { ALL, type Desired, type DesiredDomain, selectMachines } from '../world/tree/index.ts';
import type { ResourceKind } from './plan.ts';

/** The words of `--tags`, and the kind each names. */
const TAGS: Readonly<Record<string, ResourceKind>> = {
  networks: 'network',
  projects: 'project',
  profiles: 'profile',
  volumes: 'volume',
  images: 'image',
  instances: 'instance',
};

/** The kinds to reconcile; all of them when no tag is given. */
export function kindsOf(tags: readonly string[] | undefined): ReadonlySet<ResourceKind> {
  const names = tags && tags.length > 0 ? tags : Object.keys(TAGS);
  return new Set(names.map(kindOfTag));
}

function kindOfTag(tag: string): ResourceKind {
  const kind = TAGS[tag];
  if (kind) return kind;
  const known = Object.keys(TAGS).join(', ');
  throw new AnklumeError({
    code: 'unknown-tag',
    exit: ExitCode.usage,
    message: { en: `There is no tag '${tag}'.`, fr: `Il n'y a pas d'étiquette « ${tag} ».` },
    remedy: { en: `Tags: ${known}.`, fr: `Étiquettes : ${known}.` },
  });
}

/** What `--limit` leaves: domains with all of their machines, or with some. Shared resources always belong to it. */
export interface Scope {
  readonly domains: readonly DesiredDomain[];
  /** Whether an object with these marks is within the limit. */
  covers(domain: string | undefined, machine: string | undefined): boolean;
}

/** The grammar of the words is that of `selectMachines`. */
export function scopeOf(desired: Desired, limit: string | undefined): Scope {
  // All: also what no domain declares any more.
  if (limit === undefined || limit === ALL) return { domains: desired.domains, covers: () => true };
  const selected = selectMachines(desired.domains, limit);
  return {
    domains: selected.map(({ domain, machines, whole }) =>
      whole ? domain : { ...domain, machines },
    ),
    covers: (name, marked) =>
      selected.some(
        ({ domain, machines, whole }) =>
          domain.name === name && (whole || machines.some((machine) => machine.name === marked)),
      ),
  };
}
