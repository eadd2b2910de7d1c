import type { Text } from '../base/messages/index.ts';
import { changesOfCreation, compare, type Difference } from './compare.ts';
import { MARK } from './marks.ts';
import { holderOf, notOurs, verdictOn } from './ownership.ts';
import type { PlanEntry, Wanted } from './plan.ts';
import type { Live, Spec } from './spec.ts';

export interface Rules {
  readonly projectName: string;
  /** Take over objects of the wanted name that somebody else made. */
  readonly adopt: boolean;
}

export interface Refusal {
  readonly code: string;
  readonly reason: Text;
  readonly remedy?: Text;
}

/** The flow that all kinds share: whose is it, is it there, does it hold what is wanted. */
export function decide(spec: Spec, live: Live | undefined, rules: Rules): PlanEntry | undefined {
  const holder = holderOf(live, rules.projectName);
  const verdict = verdictOn(holder, rules.adopt);
  if (!live || verdict === 'create') return create(spec);
  if (verdict === 'refuse') return refuse(spec, notOurs(spec.id, live.config[MARK.project]));
  return converge(spec, live);
}

/** Brings an object that is ours to what is wanted; nothing when it is there already. */
export function converge(spec: Spec, live: Live): PlanEntry | undefined {
  const difference = compare(spec.wanted, live);
  return difference && update(spec, difference);
}

export function create(spec: Spec): PlanEntry {
  return {
    action: 'create',
    ...about(spec),
    reason: { en: 'does not exist yet', fr: `n'existe pas encore` },
    changes: changesOfCreation(spec.wanted),
    body: spec.wanted,
  };
}

export function update(spec: Spec, difference: Difference, extra: Partial<Wanted> = {}): PlanEntry {
  const count = difference.changes.length;
  return {
    action: 'update',
    ...about(spec),
    reason:
      count === 1
        ? { en: '1 value differs', fr: '1 valeur diffère' }
        : { en: `${count} values differ`, fr: `${count} valeurs diffèrent` },
    changes: difference.changes,
    body: { ...difference.body, ...extra },
  };
}

export function recreate(spec: Spec, reason: Text): PlanEntry {
  return {
    action: 'recreate',
    ...about(spec),
    reason,
    changes: changesOfCreation(spec.wanted),
    body: spec.wanted,
  };
}

export function refuse(spec: Spec, refusal: Refusal): PlanEntry {
  return { action: 'refuse', ...about(spec), ...refusal };
}

/** What every entry says of its object. */
export function about(spec: Spec) {
  return {
    id: spec.id,
    kind: spec.kind,
    name: spec.name,
    ...(spec.project !== undefined && { project: spec.project }),
    ...(spec.domain !== undefined && { domain: spec.domain }),
    ...(spec.pool !== undefined && { pool: spec.pool }),
    needs: spec.needs,
  };
}
