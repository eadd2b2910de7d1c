/**
 * `npm run bench`: our apply against the best bare script and against the incus command in a loop, in one run.
 * Prints ratios; absolute times mean nothing on a shared machine. `--quick` keeps to the small sizes, `--large` to the
 * unchanged apply of the largest, `--json` is for scripts.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { probeSandbox } from './daemon.ts';
import { dayToDay } from './day.ts';
import { median, paired, timed } from './measure.ts';
import { benchWorld, incusScript, infraYaml } from './world.ts';

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly baseline: number;
  readonly ratio: number;
  readonly aim?: number;
  readonly note?: string;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const quick = process.argv.includes('--quick');
const large = process.argv.includes('--large');
const sizes = large
  ? [[100, 25]]
  : quick
    ? [
        [5, 4],
        [20, 10],
      ]
    : [
        [5, 4],
        [20, 10],
        [100, 25],
      ];
const runs = quick || large ? 2 : 3;
const ours = [process.execPath, join(root, 'dist/main.js')];
const folder = await mkdtemp(join(tmpdir(), 'anklume-bench-'));
const rows: Row[] = [];

try {
  const bare = join(folder, 'bare.mjs');
  await build({
    entryPoints: [join(root, 'bench/bare.ts')],
    outfile: bare,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  for (const [machines = 0, domains = 0] of sizes) await applies(machines, domains, bare);
  if (!large) {
    await oneLaunch();
    await startUp();
    rows.push(...(await dayToDay(ours)));
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  report();
}

/** A project folder with its tree already synced, so that only apply is timed. */
async function project(machines: number, domains: number): Promise<string> {
  const place = await mkdtemp(join(folder, 'project-'));
  await writeFile(join(place, 'infra.yml'), infraYaml(benchWorld(machines, domains)));
  await timed([...ours, 'sync'], {}, place);
  return place;
}

async function applies(machines: number, domains: number, bare: string): Promise<void> {
  const place = await project(machines, domains);
  const world = benchWorld(machines, domains);
  const worldFile = join(place, 'world.json');
  const script = join(place, 'incus.sh');
  await writeFile(worldFile, JSON.stringify(world));
  await writeFile(script, incusScript(world));
  const size = `${machines} machines, ${domains} domains`;

  const applied = async () =>
    probeSandbox(
      async ({ socket }) =>
        (await timed([...ours, 'apply', '--yes', '--socket', socket], {}, place)).ms,
    );
  const bared = async () =>
    probeSandbox(
      async ({ socket }) => (await timed([process.execPath, bare, 'apply', socket, worldFile])).ms,
    );
  const looped = async () =>
    probeSandbox(
      async ({ folder: dir }) => (await timed(['sh', script], { INCUS_DIR: dir }, place)).ms,
    );

  if (!large) {
    const cold = await paired(runs, applied, bared);
    rows.push({
      what: `cold apply, ${size}: bare script`,
      ours: cold.a,
      baseline: cold.b,
      ratio: cold.ratio,
      aim: 1.15,
    });
    const loop = await looped();
    rows.push({
      what: `cold apply, ${size}: incus in a loop`,
      ours: cold.a,
      baseline: loop,
      ratio: cold.a / loop,
    });
  }

  await probeSandbox(async ({ socket }) => {
    await timed([...ours, 'apply', '--yes', '--socket', socket], {}, place);
    let requests = 0;
    const again = await paired(
      runs * 2 + 1,
      async () => {
        const result = await timed(
          [...ours, 'apply', '--yes', '--json', '--socket', socket],
          {},
          place,
        );
        requests = requestsOf(result.stdout);
        return result.ms;
      },
      async () => (await timed([process.execPath, bare, 'read', socket])).ms,
    );
    const note = `${requests} daemon requests`;
    rows.push({
      what: `unchanged apply, ${size}: bare reads`,
      ours: again.a,
      baseline: again.b,
      ratio: again.ratio,
      aim: 1.3,
      note,
    });
  });
}

/** Ten machines by one cold apply against ten times one `incus launch`. */
async function oneLaunch(): Promise<void> {
  const place = await project(10, 4);
  const tenLaunches = () =>
    probeSandbox(async ({ folder: dir }) => {
      const env = { INCUS_DIR: dir };
      const bridge = ['br0', 'ipv4.address=10.81.0.254/24', 'ipv6.address=none'];
      await timed(['incus', 'network', 'create', ...bridge], env);
      const single: number[] = [];
      for (const name of ['a', 'b', 'c'])
        single.push(
          (await timed(['incus', 'launch', 'probe', name, '-n', 'br0', '-s', 'default'], env)).ms,
        );
      return 10 * median(single);
    });
  const oneApply = () =>
    probeSandbox(
      async ({ socket }) =>
        (await timed([...ours, 'apply', '--yes', '--socket', socket], {}, place)).ms,
    );
  const ten = await paired(runs, oneApply, tenLaunches);
  rows.push({
    what: 'ten-machine cold apply: 10 x incus launch',
    ours: ten.a,
    baseline: ten.b,
    ratio: ten.ratio,
    aim: 1,
  });
}

async function startUp(): Promise<void> {
  const empty = async () => (await timed([process.execPath, '-e', '0'])).ms;
  const version = await paired(15, async () => (await timed([...ours, '--version'])).ms, empty);
  rows.push({
    what: 'start-up, --version: node -e 0',
    ours: version.a,
    baseline: version.b,
    ratio: version.ratio,
    aim: 2,
  });

  const place = await project(1000, 25);
  const sync = await paired(5, async () => (await timed([...ours, 'sync'], {}, place)).ms, empty);
  rows.push({
    what: 'sync of 1000 machines, unchanged: node -e 0',
    ours: sync.a,
    baseline: sync.b,
    ratio: sync.ratio,
  });
}

/** The number of daemon requests is in the summary object, the last line of `apply --json`. */
function requestsOf(stdout: string): number {
  const last = stdout.trim().split('\n').at(-1) ?? '{}';
  return (JSON.parse(last) as { requests?: number }).requests ?? Number.NaN;
}

function report(): void {
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify(rows));
    return;
  }
  const width = Math.max(...rows.map((row) => row.what.length));
  for (const row of rows) {
    const aim =
      row.aim === undefined ? '' : `  aim ${row.aim}${row.ratio <= row.aim ? '' : '  MISSED'}`;
    const times = `(${row.ours.toFixed(0)} / ${row.baseline.toFixed(0)} ms)`;
    console.log(
      `${row.what.padEnd(width)}  x${row.ratio.toFixed(2)}  ${times}${aim}${row.note ? `  ${row.note}` : ''}`,
    );
  }
}
