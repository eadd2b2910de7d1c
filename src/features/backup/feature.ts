import type { Feature } from '../../kit/feature.ts';
import { backup } from './commands/backup.ts';

export const feature: Feature = { commands: { data: { backup } } };
