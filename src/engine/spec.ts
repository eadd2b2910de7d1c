import type { ResourceKind, Wanted } from './plan.ts';

/** One wanted object, complete: what a resource page makes of the desired world. */
export interface Spec {
  readonly id: string;
  readonly kind: ResourceKind;
  readonly name: string;
  readonly project?: string;
  readonly domain?: string;
  readonly pool?: string;
  /** Ids of the specs this one stands on. */
  readonly needs: readonly string[];
  readonly wanted: CompleteWanted;
}

/** Nothing in a spec is to be removed: nulls only come out of a comparison. */
export interface CompleteWanted extends Omit<Wanted, 'config' | 'devices'> {
  readonly config: Readonly<Record<string, string>>;
  readonly devices?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** The part of any Incus object that is compared. */
export interface Live {
  readonly config: Readonly<Record<string, string>>;
  readonly devices?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly description?: string;
  readonly profiles?: readonly string[];
}

/** Values declared as empty are not declared: Incus takes an empty string for "unset". */
export function withoutEmpty(config: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ''));
}
