import type { DaemonEvent, StreamItem } from '../../incus/index.ts';
import type { Desired } from '../../world/tree/index.ts';

/** Something that the daemon said about a machine of this infrastructure, or about the bridge of a domain. */
export interface WorldEvent {
  /** ISO 8601, the daemon's clock. */
  readonly time: string;
  /** The daemon's word without the kind before it: `started`, `shutdown`, `created`. */
  readonly action: string;
  readonly kind: 'instance' | 'network';
  readonly domain: string;
  /** Name in infra.yml; for one that is not declared there, its name in Incus. Absent for a bridge. */
  readonly machine?: string;
}

/** What an event says about the declared world; nothing for all others, and for what only looks at a machine. */
export function worldEvent(desired: Desired, event: DaemonEvent): WorldEvent | undefined {
  if (event.type !== 'lifecycle') return undefined;
  const { action: untrustedAction, source: untrustedSource } = event.metadata;
  const found = /^(instance|network)-([a-z-]{1,60})$/.exec(String(untrustedAction));
  if (!found || QUIET.has(found[2] ?? '')) return undefined;
  const [, kind, action = ''] = found;
  const place = placeIn(String(untrustedSource));
  if (!place) return undefined;
  const time = String(event.timestamp);
  if (kind === 'network') {
    const domain = desired.domains.find(({ network }) => network.name === place.name);
    return domain && { time, action, kind, domain: domain.name };
  }
  const domain = desired.domains.find(({ project }) => project === place.project);
  if (!domain) return undefined;
  const declared = domain.machines.find(({ instance }) => instance === place.name);
  const machine = declared?.name ?? place.name;
  return { time, action, kind: 'instance', domain: domain.name, machine };
}

/** Commands and files: they change nothing that a status shows, and a busy machine has thousands of them. */
const QUIET = new Set([
  'exec',
  'console',
  'console-retrieved',
  'console-reset',
  'file-retrieved',
  'file-pushed',
  'file-deleted',
  'log-retrieved',
  'log-deleted',
]);

/** The name and the project in `/1.0/instances/web?project=pro`. */
function placeIn(untrustedSource: string): { name: string; project: string } | undefined {
  try {
    const url = new URL(untrustedSource, 'http://incus');
    const [, , , name] = url.pathname.split('/');
    if (name === undefined) return undefined;
    const project = url.searchParams.get('project') ?? 'default';
    return { name: decodeURIComponent(name), project };
  } catch {
    return undefined;
  }
}

/**
 * Items of a stream in bunches: those that come within `quiet` milliseconds of each other, for `longest` at most. One
 * command of a person makes a handful of events, and one look is enough for all.
 */
export async function* bunched(
  items: AsyncIterator<StreamItem>,
  { quiet = 150, longest = 1000 }: { readonly quiet?: number; readonly longest?: number } = {},
): AsyncGenerator<StreamItem[]> {
  let next = items.next();
  for (;;) {
    const first = await next;
    if (first.done) return;
    const bunch = [first.value];
    const end = performance.now() + longest;
    next = items.next();
    for (;;) {
      const more = await within(next, Math.min(quiet, end - performance.now()));
      if (more === undefined || more.done) break;
      bunch.push(more.value);
      next = items.next();
    }
    yield bunch;
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  if (milliseconds <= 0) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
