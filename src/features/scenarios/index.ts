export type { ScenarioText } from './catalogue.ts';
export { type Feature, featuresIn, scenarioFolder } from './features.ts';
export type { Report, ScenarioRun, StepRun } from './report.ts';
export { reportSchema } from './report.ts';
export type { ScenarioOptions } from './run.ts';
