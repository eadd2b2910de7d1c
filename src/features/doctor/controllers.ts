import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cgroup2Root } from '../../sandbox/index.ts';
import type { Finding } from './finding.ts';

/** What the kernel holds containers to their ceilings with. */
const NEEDED = ['pids', 'memory'];

/** Whether ceilings of processes and memory are more than words here. */
export async function controllers(): Promise<Finding[]> {
  const root = cgroup2Root(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  const text = root && (await readFile(join(root, 'cgroup.controllers'), 'utf8').catch(() => ''));
  return [controllersFinding(text || '')];
}

/** `available`: the controllers of cgroup 2, as the kernel lists them. */
export function controllersFinding(available: string): Finding {
  const there = available.trim().split(/\s+/);
  const missing = NEEDED.filter((name) => !there.includes(name)).join(', ');
  const name = {
    en: 'Ceilings of processes and memory',
    fr: 'Plafonds de processus et de mémoire',
  };
  if (missing === '')
    return {
      id: 'ceilings',
      name,
      state: 'good',
      found: { en: 'held by the kernel', fr: 'tenus par le noyau' },
    };
  return {
    id: 'ceilings',
    name,
    state: 'warning',
    found: {
      en: `cgroup 2 has no controller for: ${missing}`,
      fr: `cgroup 2 n'a pas de contrôleur pour : ${missing}`,
    },
    remedy: {
      en: 'In the embedded sandbox, a container that runs wild can use up what all share. Boot the kernel with systemd.unified_cgroup_hierarchy=1 and cgroup_enable=memory.',
      fr: "Dans le bac à sable embarqué, un conteneur qui s'emballe peut épuiser ce que tous partagent. Démarrez le noyau avec systemd.unified_cgroup_hierarchy=1 et cgroup_enable=memory.",
    },
  };
}
