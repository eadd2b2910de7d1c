import type { Feature } from '../../kit/feature.ts';
import { demo } from './commands/demo.ts';
import { init } from './commands/init.ts';

export const feature: Feature = { commands: { start: { demo, init } } };
