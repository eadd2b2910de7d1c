/**
 * `npx tsx bench/classroom.ts`: a class of 30 students, each with a server and a client that have the role base_system,
 * brought up with the golden cache and without it, on a sandbox of its own each. Prints the ratio of the total times and
 * the memory that the class takes; absolute times mean nothing on a shared machine. `--students N` for another size,
 * `--quick` for 5, `--json` is for scripts. Needs root, Ansible and a package mirror; without the cache and on two cores
 * the whole class takes about half an hour.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deleteSandbox, startSandbox } from '../src/sandbox/index.ts';
import { timed } from './measure.ts';

const AIM = 0.15;
const root = fileURLToPath(new URL('..', import.meta.url));
const ours = [process.execPath, join(root, 'dist/main.js')];
const named = process.argv.indexOf('--students');
const students =
  named > 0 ? Number(process.argv[named + 1]) : process.argv.includes('--quick') ? 5 : 30;
if (!Number.isInteger(students) || students < 1 || students > 100)
  throw new Error('--students takes a number from 1 to 100');

/** The shape of examples/teacher-lab, with a role. */
function classroom(): string {
  const domains = Array.from({ length: students }, (_, index) => {
    const name = `student-${String(index + 1).padStart(2, '0')}`;
    const subnet = index + 11;
    const machine = (kind: string, host: number) =>
      `      ${name}-${kind}: { ip: 10.92.${subnet}.${host}, roles: [base_system] }`;
    return [
      `  ${name}:`,
      `    subnet_id: ${subnet}`,
      '    trust_level: semi-trusted',
      '    ephemeral: true',
      '    machines:',
      machine('server', 10),
      machine('client', 20),
    ].join('\n');
  });
  return `project_name: classroom
global: { base_subnet: "10.92", default_os_image: "images:debian/13" }
domains:
${domains.join('\n')}
`;
}

interface Measured {
  readonly seconds: number;
  /** MiB, of the daemon and all machines. */
  readonly memory: number;
  readonly copies: number;
}

/** MiB that the processes of a sandbox hold, what they share counted once. */
async function memoryOf(sandbox: string): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const each = pids.map(async (pid) => {
    const read = (file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
    if (!(await read('cgroup')).includes(`anklume-sandbox-${sandbox}-`)) return 0;
    return Number(/^Pss:\s+(\d+)/m.exec(await read('smaps_rollup'))?.[1] ?? 0) / 1024;
  });
  return (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
}

async function measured(folder: string, flags: readonly string[]): Promise<Measured> {
  const name = `bench-${randomBytes(3).toString('hex')}`;
  const sandbox = await startSandbox(name, { storage: 'btrfs', uplink: true });
  try {
    const env = { INCUS_SOCKET: sandbox.socket };
    // The image is there before, as on any host that has run anything.
    await timed([...ours, 'image', 'build', 'debian/13'], env, folder);
    const { ms, stdout } = await timed([...ours, 'up', '--yes', '--json', ...flags], env, folder);
    const memory = await memoryOf(name);
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as {
      readonly golden?: { readonly copies: readonly string[] };
      readonly provision?: { readonly failed: number; readonly machines: readonly unknown[] };
    };
    if (report.provision?.failed !== 0 || report.provision.machines.length !== 2 * students)
      throw new Error('not every machine was provisioned');
    return { seconds: ms / 1000, memory, copies: report.golden?.copies.length ?? 0 };
  } finally {
    await deleteSandbox(name);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'anklume-classroom-'));
try {
  await writeFile(join(folder, 'infra.yml'), classroom());
  const cached = await measured(folder, []);
  const plain = await measured(folder, ['--no-cache']);
  const ratio = cached.seconds / plain.seconds;
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ students, cached, plain, ratio, aim: AIM }));
  else {
    const missed = ratio <= AIM ? '' : '  MISSED';
    console.log(`${students} students, ${2 * students} machines, ${cached.copies} of them copies`);
    console.log(
      `total time with the cache: without  x${ratio.toFixed(2)}  (${cached.seconds.toFixed(0)} / ${plain.seconds.toFixed(0)} s)  aim ${AIM}${missed}`,
    );
    console.log(
      `memory with the cache: without  ${cached.memory.toFixed(0)} / ${plain.memory.toFixed(0)} MiB`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
