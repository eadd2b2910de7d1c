import type { Feature } from '../../kit/feature.ts';
import { snapshot } from './commands/snapshot.ts';
import { restore } from './commands/snapshot-restore.ts';

export const feature: Feature = { commands: { data: { snapshot }, more: { restore } } };
