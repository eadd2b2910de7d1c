export type { ScenarioText } from './catalogue.ts';
export { chosenFeatures, type Feature, featuresIn, scenarioFolder } from './features.ts';
export { listScenarios } from './list.ts';
export type { Report, ScenarioRun, StepRun } from './report.ts';
export { reportSchema } from './report.ts';
export { runScenarios, type ScenarioOptions } from './run.ts';
