import { expect, it } from 'vitest';
import { controllersFinding } from './controllers.ts';

it.each([
  ['cpuset cpu io memory hugetlb pids rdma misc\n', 'good', 'held by the kernel'],
  ['', 'warning', 'cgroup 2 has no controller for: pids, memory'],
  // Debian for some processors leaves memory out unless asked.
  ['cpuset cpu io pids\n', 'warning', 'cgroup 2 has no controller for: memory'],
  ['memory.pressure pids\n', 'warning', 'cgroup 2 has no controller for: memory'],
])(
  'B06-03: doctor says whether ceilings hold with the controllers %j: %s',
  (text, state, words) => {
    const finding = controllersFinding(text);
    expect(finding).toMatchObject({ state, found: { en: words } });
    expect(finding.remedy === undefined).toBe(state === 'good');
  },
);
