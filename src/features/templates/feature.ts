import type { Feature } from '../../kit/feature.ts';
import { golden } from './commands/golden.ts';
import { create } from './commands/golden-create.ts';
import { derive } from './commands/golden-derive.ts';
import { publish } from './commands/golden-publish.ts';

export const feature: Feature = {
  commands: { host: { golden } },
  hidden: { goldenCreate: create, goldenDerive: derive, goldenPublish: publish },
};
