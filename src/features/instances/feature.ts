import type { Feature } from '../../kit/feature.ts';
import { domain } from './commands/domain.ts';
import { incus } from './commands/incus.ts';
import { instance, list as instanceList } from './commands/instance.ts';
import { exec, shell } from './commands/instance-exec.ts';
import { logs } from './commands/instance-logs.ts';
import { down } from './commands/instance-power.ts';
import { top } from './commands/top.ts';

export const feature: Feature = {
  commands: {
    infrastructure: { down },
    machines: { shell, exec, logs, top, instance, domain },
    more: { incus },
  },
  hidden: { ls: instanceList, ps: instanceList, ssh: shell },
};
