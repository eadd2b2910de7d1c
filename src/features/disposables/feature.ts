import type { Feature } from '../../kit/feature.ts';
import { disp } from './commands/disp.ts';

export const feature: Feature = { commands: { machines: { disp } } };
