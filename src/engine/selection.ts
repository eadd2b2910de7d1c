import { AnklumeError, ExitCode } from '../messages/index.ts';
import type { Desired, DesiredDomain } from '../tree/index.ts';
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

/** What `--limit` leaves: a domain with all of its machines, or with one. Shared resources always belong to it. */
export interface Scope {
  readonly domains: readonly DesiredDomain[];
  /** Whether an object with these marks is within the limit. */
  covers(domain: string | undefined, machine: string | undefined): boolean;
}

export function scopeOf(desired: Desired, limit: string | undefined): Scope {
  if (limit === undefined) return { domains: desired.domains, covers: () => true };
  const domain = desired.domains.find((one) => one.name === limit);
  if (domain) return { domains: [domain], covers: (name) => name === limit };
  for (const one of desired.domains) {
    const machines = one.machines.filter(
      (machine) => machine.name === limit || machine.instance === limit,
    );
    const [machine] = machines;
    if (machine)
      return {
        domains: [{ ...one, machines }],
        covers: (name, marked) => name === one.name && marked === machine.name,
      };
  }
  throw new AnklumeError({
    code: 'unknown-limit',
    exit: ExitCode.usage,
    message: {
      en: `'${limit}' is neither a domain nor a machine of this infrastructure.`,
      fr: `« ${limit} » n'est ni un domaine ni une machine de cette infrastructure.`,
    },
    remedy: {
      en: `Domains: ${desired.domains.map((one) => one.name).join(', ')}.`,
      fr: `Domaines : ${desired.domains.map((one) => one.name).join(', ')}.`,
    },
  });
}
