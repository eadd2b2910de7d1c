import { isDisposable, MARK, ownInstances } from '../../engine/index.ts';
import type { Instance } from '../../incus/index.ts';

/**
 * What a disposable machine says of itself, as the value of its mark: the daemon is the only place where anything is
 * written down.
 */
export interface Tag {
  /** `run`: it goes with the process that started it; `kept`: when somebody stops it; `pool`: it waits for its use. */
  readonly use: 'run' | 'kept' | 'pool';
  /** Names the process that answers for it; empty where none does. */
  readonly token: string;
  /** Where that process lives: only there can one find out whether it still does. */
  readonly space: string;
  /** The image, as it was asked for. */
  readonly image: string;
  /** Size of the pool that it came from. */
  readonly pool?: number;
}

/** One that the daemon has. */
export interface Disposable {
  readonly name: string;
  readonly project: string;
  readonly status: string;
  /** Fingerprint of the image that it was made from. */
  readonly fingerprint: string;
  readonly since: string;
  readonly tag: Tag;
}

/** Longest mark that is read, in characters; ours have some 200. */
const LONGEST = 2000;

export function tagText(tag: Tag): string {
  return JSON.stringify(tag);
}

/** The disposable machines among instances; a mark that was damaged by hand makes one that nobody answers for. */
export function disposablesOf(instances: readonly Instance[]): Disposable[] {
  return ownInstances(instances)
    .filter(isDisposable)
    .map((live) => ({
      name: live.name,
      project: live.project,
      status: live.status,
      fingerprint: live.config['volatile.base_image'] ?? '',
      since: live.created_at,
      tag: readTag(live.config[MARK.disposable] ?? ''),
    }));
}

function readTag(untrustedText: string): Tag {
  const fallback: Tag = { use: 'kept', token: '', space: '', image: '' };
  if (untrustedText.length > LONGEST) return fallback;
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText);
  } catch {
    return fallback;
  }
  if (typeof untrusted !== 'object' || untrusted === null) return fallback;
  const { use, token, space, image, pool } = untrusted as Record<string, unknown>;
  if (use !== 'run' && use !== 'kept' && use !== 'pool') return fallback;
  return {
    use,
    token: text(token),
    space: text(space),
    image: text(image),
    ...(typeof pool === 'number' && Number.isSafeInteger(pool) && pool > 0 && { pool }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
