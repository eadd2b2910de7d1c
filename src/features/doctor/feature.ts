import type { Feature } from '../../kit/feature.ts';
import { doctor } from './commands/doctor.ts';

export const feature: Feature = { commands: { start: { doctor } } };
