import { describe, expect, it } from 'vitest';
import type { InstanceFull } from '../../incus/index.ts';
import { type Sample, usageBetween } from './usage.ts';

const place = (machine: string) => ({
  domain: 'pro',
  machine,
  instance: machine,
  project: 'pro',
  protected: false,
});

function sample(at: number, machines: Record<string, object>): Sample {
  const instances = Object.entries(machines).map(
    ([name, { status = 'Running', ...state }]: [string, { status?: string }]) =>
      [`pro/${name}`, { name, project: 'pro', status, state } as unknown as InstanceFull] as const,
  );
  return { at, instances: new Map(instances) };
}

const nic = (bytes_received: number, bytes_sent: number) => ({
  lo: { counters: { bytes_received: 9e9, bytes_sent: 9e9 } },
  eth0: { counters: { bytes_received, bytes_sent } },
});

describe('usageBetween', () => {
  it('B07-10: gives rates over the time between two looks, busiest first', () => {
    const before = sample(0, {
      calm: { pid: 1, cpu: { usage: 1e9 }, memory: { usage: 10 }, network: nic(0, 0) },
      busy: { pid: 2, cpu: { usage: 5e9 }, network: nic(100, 50) },
    });
    const after = sample(2000, {
      calm: { pid: 1, cpu: { usage: 1e9 }, memory: { usage: 10 }, network: nic(0, 0) },
      busy: {
        pid: 2,
        cpu: { usage: 8e9 },
        disk: { root: { usage: 7 }, data: { usage: 5 } },
        network: nic(300, 1050),
      },
    });
    const [first, second] = usageBetween(before, after, [place('calm'), place('busy')]);
    expect(first).toEqual({
      domain: 'pro',
      machine: 'busy',
      state: 'Running',
      processors: 1.5,
      disk: 12,
      received: 100,
      sent: 500,
    });
    expect(second).toMatchObject({ machine: 'calm', processors: 0, memory: 10, received: 0 });
  });

  it('gives no rate across a restart, and nothing of what does not run', () => {
    const before = sample(0, { one: { pid: 1, cpu: { usage: 9e9 } }, two: { pid: 3 } });
    const after = sample(1000, {
      one: { pid: 2, cpu: { usage: 1e9 } },
      two: { status: 'Stopped', pid: 0 },
    });
    const rows = usageBetween(before, after, [place('one'), place('two'), place('gone')]);
    expect(rows.map(({ machine, state, processors }) => [machine, state, processors])).toEqual([
      ['one', 'Running', undefined],
      ['two', 'Stopped', undefined],
      ['gone', 'Absent', undefined],
    ]);
  });
});
