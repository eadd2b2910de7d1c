import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DataWorld } from './data-world.ts';

/** A command that is killed, what stands before it, and what has to hold once it ran again. */
export interface Killed {
  readonly name: string;
  /** The row of the mission that holds across the kill. */
  readonly row: string;
  /** Kill points of the short form and of the long one. */
  readonly short: number;
  readonly long: number;
  /** Makes the state that it starts from; its words. */
  prepare(world: DataWorld): Promise<string[]>;
  /** Exit statuses of the run after the kill: 0, and what else means that there was nothing left to do. */
  readonly ends: readonly number[];
  check(world: DataWorld): Promise<void>;
}

const SNAPSHOT = 'held';

export const COMMANDS: readonly Killed[] = [
  {
    name: 'snapshot create',
    row: 'P04-06',
    short: 3,
    long: 30,
    async prepare(world) {
      await world.must('snapshot', 'delete', 'all', SNAPSHOT, '--yes');
      return ['snapshot', 'create', 'all', SNAPSHOT];
    },
    // Those that the killed run made are told of as failures: the name is taken.
    ends: [0, 1],
    async check(world) {
      for (const domain of world.domains)
        expect((await world.snapshots(domain)).filter((name) => name === SNAPSHOT)).toHaveLength(1);
      // A snapshot that is only there to look at is none: both bring the data back.
      for (const domain of world.domains) await world.spoil(domain);
      await world.must('snapshot', 'restore', 'all', SNAPSHOT, '--yes');
    },
  },
  {
    name: 'snapshot restore',
    row: 'P04-05',
    short: 3,
    long: 30,
    async prepare(world) {
      await world.must('snapshot', 'delete', 'all', SNAPSHOT, '--yes');
      await world.must('snapshot', 'create', 'all', SNAPSHOT);
      for (const domain of world.domains) await world.spoil(domain);
      return ['snapshot', 'restore', 'all', SNAPSHOT, '--yes'];
    },
    ends: [0],
    async check(world) {
      await world.must('snapshot', 'delete', 'all', SNAPSHOT, '--yes');
    },
  },
  {
    name: 'backup create',
    row: 'P20d-03',
    short: 3,
    long: 30,
    async prepare(world) {
      return ['backup', 'create', '--to', world.backups, '--keep', '1'];
    },
    ends: [0],
    async check(world) {
      // What is there under a name is whole, and what is not whole has gone.
      const kept = await readdir(world.backups);
      expect(kept).toHaveLength(1);
      await world.must('backup', 'verify', await newest(world));
    },
  },
  {
    name: 'backup restore',
    row: 'P20d-05',
    short: 3,
    long: 40,
    async prepare(world) {
      if ((await readdir(world.backups).catch(() => [])).length === 0)
        await world.must('backup', 'create', '--to', world.backups);
      for (const domain of world.domains) await world.spoil(domain);
      const words = ['--replace', '--force', '--yes', '--start'];
      return ['backup', 'restore', await newest(world), ...words];
    },
    ends: [0],
    check: async () => {},
  },
  {
    name: 'instance delete',
    row: 'P16-22',
    short: 2,
    long: 30,
    async prepare(world) {
      return ['instance', 'delete', world.machine(world.keeps), '--yes'];
    },
    ends: [0],
    async check(world) {
      expect((await world.machines()).map(({ name }) => name)).toEqual([
        world.machine(world.leaves),
      ]);
      await world.must('rollback', '--yes', '--no-isolation');
    },
  },
  {
    name: 'rollback',
    row: 'P24-02',
    short: 2,
    long: 40,
    async prepare(world) {
      const [limits, number] = [await lastLimits(world), await lastGeneration(world)];
      await world.declare(limits + 1, false);
      await world.must('apply', '--prune', '--yes', '--no-isolation');
      await world.spoil(world.keeps);
      return ['rollback', String(number), '--yes', '--no-isolation'];
    },
    ends: [0],
    async check(world) {
      // The old infra.yml stands beside the user's own; it becomes the next point to go back to.
      await world.declare(await lastLimits(world));
      await world.must('plan', '--exit-code', '--prune');
    },
  },
];

async function newest(world: DataWorld): Promise<string> {
  const names = (await readdir(world.backups)).filter((name) => !name.startsWith('.')).sort();
  return join(world.backups, names.at(-1) ?? '');
}

/** What the machine that stays was last applied with, from the daemon itself. */
async function lastLimits(world: DataWorld): Promise<number> {
  const text = JSON.stringify(await world.shape());
  return Number(/"limits\.processes":"(\d+)"/.exec(text)?.[1]);
}

async function lastGeneration(world: DataWorld): Promise<number> {
  const stdout = await world.must('rollback-list', '--json');
  const { generations } = JSON.parse(stdout) as {
    generations: { number: number; state: string }[];
  };
  return generations.findLast(({ state }) => state === 'done')?.number ?? 0;
}
