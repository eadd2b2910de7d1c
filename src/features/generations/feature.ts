import type { Feature } from '../../kit/feature.ts';
import { history, list } from './commands/history.ts';
import { remove } from './commands/history-delete.ts';
import { rollback } from './commands/rollback.ts';

export const feature: Feature = {
  commands: { data: { history, rollback } },
  hidden: { rollbackCleanup: remove, rollbackList: list },
};
