export type { ApplyReport, Change, Outcome, Plan, PlanEntry, ResourceKind } from './plan.ts';
