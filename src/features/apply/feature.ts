import type { Feature } from '../../kit/feature.ts';
import { apply } from './commands/apply.ts';
import { config } from './commands/config.ts';
import { destroy } from './commands/destroy.ts';
import { flush } from './commands/flush.ts';
import { plan } from './commands/plan.ts';
import { schema } from './commands/schema.ts';
import { status } from './commands/status.ts';
import { sync } from './commands/sync.ts';
import { up } from './commands/up.ts';
import { validate } from './commands/validate.ts';

export const feature: Feature = {
  commands: {
    infrastructure: { up, validate, plan, apply, status, flush },
    more: { sync, config, schema },
  },
  hidden: { destroy },
};
