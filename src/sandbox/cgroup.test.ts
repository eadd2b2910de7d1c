import { expect, it } from 'vitest';
import { cgroup2Root } from './cgroup.ts';
import { isFirstProcess } from './holder.ts';

it('finds cgroup 2 alone, beside version 1, and not at all', () => {
  const alone = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n';
  const version1 = '31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n';
  const beside = '32 30 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n';
  expect(cgroup2Root(alone)).toBe('/sys/fs/cgroup');
  expect(cgroup2Root(version1 + beside)).toBe('/sys/fs/cgroup/unified');
  expect(cgroup2Root(version1)).toBeUndefined();
});

it('tells the first process of an inner PID namespace from others', () => {
  expect(isFirstProcess('Name:\ttini\nNSpid:\t4711\t1\n')).toBe(true);
  expect(isFirstProcess('Name:\tincusd\nNSpid:\t4712\t14\n')).toBe(false);
  expect(isFirstProcess('Name:\tsystemd\nNSpid:\t1\n')).toBe(false);
  expect(isFirstProcess('')).toBe(false);
});
