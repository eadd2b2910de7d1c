import type { Feature } from '../../kit/feature.ts';
import { history } from './commands/history.ts';
import { rollback, rollbackCleanup } from './commands/rollback.ts';

export const feature: Feature = {
  commands: { data: { history, rollback } },
  hidden: { rollbackCleanup, rollbackList: history },
};
