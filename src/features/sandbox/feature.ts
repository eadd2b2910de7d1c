import type { Feature } from '../../kit/feature.ts';
import { sandbox } from './commands/sandbox.ts';

export const feature: Feature = { commands: { host: { sandbox } } };
