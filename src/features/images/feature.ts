import type { Feature } from '../../kit/feature.ts';
import { image } from './commands/image.ts';
import { exportFiles } from './commands/image-files.ts';

export const feature: Feature = {
  commands: { host: { image } },
  hidden: { exportImages: exportFiles },
};
