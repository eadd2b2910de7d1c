import type { Feature } from '../../kit/feature.ts';
import { network } from './commands/network.ts';
import { prove } from './commands/prove.ts';

export const feature: Feature = { commands: { isolation: { prove, network } } };
