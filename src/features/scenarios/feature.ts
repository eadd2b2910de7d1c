import type { Feature } from '../../kit/feature.ts';
import {
  scenario,
  scenarioList,
  scenarioTest,
  scenarioTestBad,
  scenarioTestBest,
} from './commands/scenario.ts';

export const feature: Feature = {
  commands: { more: { scenario } },
  hidden: { scenarioList, scenarioTest, scenarioTestBad, scenarioTestBest },
};
