/**
 * A command in a machine, and in a machine for one use, against the daemon's own client.
 * `tsx bench/day.ts` runs these alone, after a build.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { probeSandbox } from './daemon.ts';
import { firstOutput, median, paired, timed } from './measure.ts';
import { type Row, rowText } from './report.ts';
import { benchWorld, infraYaml } from './world.ts';

const RUNS = 7;

/** `ours` is the command line of the tool. */
export async function dayToDay(ours: readonly string[]): Promise<Row[]> {
  const place = await mkdtemp(join(tmpdir(), 'anklume-bench-day-'));
  await writeFile(join(place, 'infra.yml'), infraYaml(benchWorld(2, 1)));
  try {
    return await probeSandbox(async ({ socket, folder }) => {
      const env = { INCUS_DIR: folder };
      const at = ['--socket', socket];
      await timed([...ours, 'apply', '--sync', '--yes', ...at], {}, place);
      const exec = await paired(
        RUNS,
        () => firstOutput([...ours, 'instance', 'exec', 'd0-m0', ...at, '--', 'date'], {}, place),
        () => firstOutput(['incus', 'exec', 'd0-m0', '--project', 'd0', '--', 'date'], env),
      );
      const node: number[] = [];
      for (let run = 0; run < RUNS; run += 1)
        node.push(await firstOutput([process.execPath, '-e', 'console.log(1)']));
      await timed([...ours, 'disp', '--image', 'probe', '--pool', '2', ...at]);
      let number = 0;
      const warm = await paired(
        RUNS,
        async () => {
          const words = ['disp', 'run', '--image', 'probe', ...at, '--', 'date'];
          const first = await firstOutput([...ours, ...words]);
          // The pool is filled again meanwhile; the baseline is not to wait for that.
          await pause(3000);
          return first;
        },
        () => {
          number += 1;
          const name = `one-${number}`;
          const launch = `incus launch --ephemeral probe ${name} --storage default </dev/null >/dev/null`;
          return firstOutput(['sh', '-c', `${launch} 2>&1; incus exec ${name} -- date`], env);
        },
      );
      await timed([...ours, 'disp', 'stop', '--all', ...at]);
      const note = `node itself ${median(node).toFixed(0)} ms`;
      return [
        { what: 'instance exec, first output: incus exec', ...named(exec), aim: 1.8, note },
        { what: 'disp run from a pool, first output: incus launch and exec', ...named(warm), note },
      ];
    });
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function named({
  a,
  b,
  ratio,
}: {
  readonly a: number;
  readonly b: number;
  readonly ratio: number;
}) {
  return { ours: a, baseline: b, ratio };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  for (const row of await dayToDay([process.execPath, program])) console.log(rowText(row));
}
