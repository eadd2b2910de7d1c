import { describe, expect, it } from 'vitest';
import type { Desired } from '../../world/tree/index.ts';
import { machinesWithGpu } from './demo.ts';

const machine = (name: string, profiles: string[], gpu = false) => ({ name, profiles, gpu });

describe('machinesWithGpu', () => {
  it('finds those that ask by themselves or through a profile, and keeps their other profiles', () => {
    const desired = {
      domains: [
        {
          profiles: [
            { name: 'cards', config: {}, devices: { card: { type: 'gpu' } } },
            { name: 'nesting', config: {}, devices: {} },
          ],
          machines: [
            machine('a', ['default', 'cards', 'nesting']),
            machine('b', ['default'], true),
            machine('c', ['default', 'nesting']),
          ],
        },
      ],
    } as unknown as Desired;
    expect(machinesWithGpu(desired)).toEqual([
      { name: 'a', profiles: ['default', 'nesting'] },
      { name: 'b', profiles: ['default'] },
    ]);
  });
});
