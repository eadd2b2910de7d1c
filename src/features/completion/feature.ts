import type { Feature } from '../../kit/feature.ts';
import { completion } from './commands/completion.ts';

export const feature: Feature = { commands: { more: { completion } } };
