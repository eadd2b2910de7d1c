import { cloneRoot } from '../../base/system/index.ts';
import { Catalogue, type ScenarioText } from './catalogue.ts';
import { runCucumber } from './cucumber.ts';
import { unreadable } from './errors.ts';
import type { Feature } from './features.ts';

/** Every scenario of the features, as the Gherkin parser reads them. */
export async function listScenarios(
  features: readonly Feature[],
  signal?: AbortSignal,
): Promise<ScenarioText[]> {
  const catalogue = new Catalogue(features, cloneRoot());
  await runCucumber({ features, dryRun: true, ...(signal && { signal }) }, (message) =>
    catalogue.add(message),
  );
  if (catalogue.faults.length > 0) throw unreadable(catalogue.faults);
  return catalogue.scenarios();
}
