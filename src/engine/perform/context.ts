import type { Emit } from '../../base/messages/index.ts';
import type { Host } from '../../base/system/index.ts';
import type { EnsureOptions } from '../../images/index.ts';
import type { PlanEntry } from '../plan.ts';
import type { ImageTemplates } from './nesting.ts';
import type { Stillness } from './stillness.ts';

export interface PerformContext {
  readonly emit: Emit;
  readonly signal?: AbortSignal;
  /** Where the daemon runs; absent for a remote one. */
  readonly host?: Host;
  /** Between the machines and the bridges of this run. */
  readonly stillness: Stillness;
  /** Which images write the nesting context themselves, as this run has found. */
  readonly templates: ImageTemplates;
  readonly images?: ImageOptions;
  readonly discard?: Discard;
  readonly make?: Make;
}

/** How images are had that the daemon lacks. */
export type ImageOptions = Pick<EnsureOptions, 'folder' | 'timeoutSeconds'>;

/** Puts a machine or a volume aside instead of removing it. */
export type Discard = (entry: Extract<PlanEntry, { readonly action: 'delete' }>) => Promise<void>;

/** Makes a machine by another way than from its image: what a creation that was cut short left of it goes first. */
export type Make = (
  entry: Extract<PlanEntry, { readonly action: 'create' | 'recreate' }>,
) => Promise<void>;
