import type { Feature } from '../../kit/feature.ts';
import { host } from './commands/host.ts';

export const feature: Feature = { commands: { host: { host } } };
