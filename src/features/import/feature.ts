import type { Feature } from '../../kit/feature.ts';
import { importInfra } from './commands/import.ts';

export const feature: Feature = {
  commands: { more: { import: importInfra } },
  hidden: { importInfra },
};
