import { createHash } from 'node:crypto';
import type { Instance } from '../incus/index.ts';
/** On what was put aside: where it comes from, and what it needs to go back there. */
export const ORIGIN = 'user.anklume.aside';

/** When a run began, as its trash and its snapshots are named after it. */
export const STAMP = /^\d{8}-\d{6}$/;

/** Where something was before it was put aside. */
export interface Origin {
  /** Of the run that put it aside. */
  readonly stamp: string;
  readonly project: string;
  readonly name: string;
  readonly profiles: readonly string[];
  readonly devices: Instance['devices'];
}

/** `t20261122-031500-1a2b3c4d`: of one run and one origin there is only one. */
export function asideName({ stamp, project, name }: Origin): string {
  const hash = createHash('sha256').update(`${project}/${name}`).digest('hex').slice(0, 8);
  return `t${stamp}-${hash}`;
}

/** What an object says about where it comes from; anybody may have written it. */
export function parseOrigin(untrustedText: string | undefined): Origin | undefined {
  let untrusted: unknown;
  try {
    untrusted = JSON.parse(untrustedText ?? '');
  } catch {
    return undefined;
  }
  return isOrigin(untrusted) ? untrusted : undefined;
}

function isOrigin(untrusted: unknown): untrusted is Origin {
  if (typeof untrusted !== 'object' || untrusted === null) return false;
  const { stamp, project, name, profiles, devices } = untrusted as Record<string, unknown>;
  const words = (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof one === 'string');
  return (
    typeof stamp === 'string' &&
    STAMP.test(stamp) &&
    typeof project === 'string' &&
    typeof name === 'string' &&
    Array.isArray(profiles) &&
    words(profiles) &&
    typeof devices === 'object' &&
    devices !== null &&
    Object.values(devices).every(words)
  );
}
