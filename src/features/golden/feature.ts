import type { Feature } from '../../kit/feature.ts';
import { cache } from './commands/image-cache.ts';

export const feature: Feature = {
  commands: {},
  verbs: { image: { cache } },
  brings: {
    equalMachines: async (...about) => (await import('./golden.ts')).goldenRun(...about),
  },
};
