import type { Feature } from '../../kit/feature.ts';
import { file } from './commands/file.ts';

export const feature: Feature = { commands: { data: { file } } };
