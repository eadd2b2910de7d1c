/**
 * `npx tsx bench/proof.ts`: how long the proof of a class takes: 30 students in domains of their own, each with two
 * machines of the probe image; and an `up` that changes nothing, with the quick proof and with none. `--students N` for
 * another size, `--json` is for scripts. Needs root.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeSandbox } from './daemon.ts';
import { timed } from './measure.ts';
import { benchWorld, infraYaml } from './world.ts';

/** Seconds, on two cores. */
const AIM = 20;
const root = fileURLToPath(new URL('..', import.meta.url));
const ours = [process.execPath, join(root, 'dist/main.js')];
const named = process.argv.indexOf('--students');
const students = named > 0 ? Number(process.argv[named + 1]) : 30;

interface Told {
  readonly type: string;
  readonly holds: boolean;
  readonly seconds: number;
  readonly counts: { readonly probes: number };
}

/** The whole command's time; a proof that does not hold is an error, never a figure. */
async function proved(folder: string, socket: string) {
  const { ms, stdout } = await timed(
    [...ours, 'prove', '--json'],
    { INCUS_SOCKET: socket },
    folder,
  );
  const told = stdout.split('\n').find((line) => line.includes('"type":"proof"')) ?? '{}';
  const { holds, counts } = JSON.parse(told) as Told;
  if (!holds) throw new Error('the walls do not hold');
  return { what: `prove, ${counts.probes} probes`, seconds: ms / 1000 };
}

async function up(folder: string, socket: string, proof: string) {
  const words = ['up', '--yes', '--proof', proof];
  const { ms } = await timed([...ours, ...words], { INCUS_SOCKET: socket }, folder);
  return { what: words.join(' '), seconds: ms / 1000 };
}

const folder = await mkdtemp(join(tmpdir(), 'anklume-proof-'));
try {
  await writeFile(join(folder, 'infra.yml'), infraYaml(benchWorld(2 * students, students)));
  const rows = await probeSandbox(async ({ socket }) => {
    await up(folder, socket, 'none');
    return [
      await proved(folder, socket),
      await proved(folder, socket),
      await up(folder, socket, 'none'),
      await up(folder, socket, 'quick'),
    ];
  });
  if (process.argv.includes('--json')) console.log(JSON.stringify({ students, rows, aim: AIM }));
  else
    for (const { what, seconds } of rows)
      console.log(
        `${students} students, ${2 * students} machines: ${what}: ${seconds.toFixed(1)} s${seconds <= AIM ? '' : ` (missed ${AIM})`}`,
      );
} finally {
  await rm(folder, { recursive: true, force: true });
}
