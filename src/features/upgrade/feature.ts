import type { Feature } from '../../kit/feature.ts';
import { upgrade } from './commands/upgrade.ts';

export const feature: Feature = { commands: { host: { upgrade } } };
