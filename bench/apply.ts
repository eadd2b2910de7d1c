/** What `npm run bench` measures of apply, status and starting up. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { probeSandbox } from './daemon.ts';
import { median, paired, timed } from './measure.ts';
import type { Row } from './report.ts';
import { benchWorld, incusScript, infraYaml } from './world.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = process.argv.includes('--quick') || process.argv.includes('--large') ? 2 : 3;
export const ours = [process.execPath, join(root, 'dist/main.js')];
const folder = await mkdtemp(join(tmpdir(), 'anklume-bench-'));

export function removeFolder(): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

let built: Promise<string> | undefined;

/** The baseline as one file, made once. */
function bareScript(): Promise<string> {
  const outfile = join(folder, 'bare.mjs');
  const entryPoints = [join(root, 'bench/bare.ts')];
  built ??= build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node' }).then(
    () => outfile,
  );
  return built;
}

/** A project folder with its tree already synced, so that only apply is timed. */
async function project(machines: number, domains: number): Promise<string> {
  const place = await mkdtemp(join(folder, 'project-'));
  await writeFile(join(place, 'infra.yml'), infraYaml(benchWorld(machines, domains)));
  await timed([...ours, 'sync'], {}, place);
  return place;
}

/** A first apply of a world against the best bare script, and against the client in a loop. */
export async function coldApply(machines: number, domains: number): Promise<Row[]> {
  const bare = await bareScript();
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

  const cold = await paired(runs, applied, bared);
  const loop = await looped();
  const row = { what: `cold apply, ${size}: bare script`, ours: cold.a, baseline: cold.b };
  return [
    { ...row, ratio: cold.ratio, aim: 1.15 },
    {
      ...{ what: `cold apply, ${size}: incus in a loop`, ours: cold.a, baseline: loop },
      ratio: cold.a / loop,
    },
  ];
}

/** An apply and a status of a world that is as declared, against bare reads of the same lists. */
export async function unchanged(machines: number, domains: number): Promise<Row[]> {
  const [place, bare] = [await project(machines, domains), await bareScript()];
  const size = `${machines} machines, ${domains} domains`;
  return probeSandbox(async ({ socket }) => {
    const at = ['--socket', socket];
    await timed([...ours, 'apply', '--yes', ...at], {}, place);
    const reads = async () => (await timed([process.execPath, bare, 'read', socket])).ms;
    let requests = 0;
    const again = async () => {
      const result = await timed([...ours, 'apply', '--yes', '--json', ...at], {}, place);
      requests = requestsOf(result.stdout);
      return result.ms;
    };
    const apply = await paired(runs * 2 + 1, again, reads);
    // Rules are loaded by `up`; without them `status` ends with 1, and with as much work.
    const told = async () =>
      (await timed(['sh', '-c', '"$@" || true', 'sh', ...ours, 'status', ...at], {}, place)).ms;
    const status = await paired(runs * 2 + 1, told, reads);
    return [
      {
        ...{ what: `unchanged apply, ${size}: bare reads`, ours: apply.a, baseline: apply.b },
        ...{
          ratio: apply.ratio,
          aim: machines > 5 ? 1.2 : 1.3,
          note: `${requests} daemon requests`,
        },
      },
      {
        what: `status, ${size}: bare reads`,
        ours: status.a,
        baseline: status.b,
        ratio: status.ratio,
      },
    ];
  });
}

/** Ten machines by one cold apply against ten times one `incus launch`. */
export async function oneLaunch(): Promise<Row[]> {
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
  const what = 'ten-machine cold apply: 10 x incus launch';
  return [{ what, ours: ten.a, baseline: ten.b, ratio: ten.ratio, aim: 1 }];
}

export async function startUp(): Promise<Row[]> {
  const empty = async () => (await timed([process.execPath, '-e', '0'])).ms;
  const version = await paired(15, async () => (await timed([...ours, '--version'])).ms, empty);
  const place = await project(1000, 25);
  const sync = await paired(5, async () => (await timed([...ours, 'sync'], {}, place)).ms, empty);
  return [
    {
      ...{ what: 'start-up, --version: node -e 0', ours: version.a, baseline: version.b },
      ...{ ratio: version.ratio, aim: 2 },
    },
    {
      ...{ what: 'sync of 1000 machines, unchanged: node -e 0', ours: sync.a, baseline: sync.b },
      ratio: sync.ratio,
    },
  ];
}

/** The number of daemon requests is in the summary object, the last line of `apply --json`. */
function requestsOf(stdout: string): number {
  const last = stdout.trim().split('\n').at(-1) ?? '{}';
  return (JSON.parse(last) as { requests?: number }).requests ?? Number.NaN;
}
