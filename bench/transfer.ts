/**
 * Backup and file copy against plain `incus export`, `incus file pull` and `incus file push`, in one run: ratios of
 * the median of pairs, and the highest memory of our process for two sizes, which should be the same.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeSandbox } from './daemon.ts';
import { paired, timed } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ours = [process.execPath, join(root, 'dist/main.js')];
const quick = process.argv.includes('--quick');
const runs = quick ? 1 : 3;
const mebibytes = quick ? 100 : 400;
const AIM = 1.1;

const INFRA = `project_name: bench
global: { base_subnet: "10.82", default_os_image: probe }
domains:
  d0:
    subnet_id: 0
    ephemeral: true
    machines: { m0: {}, m1: {} }
services:
  files: { machine: m0, tools: [file_accept, file_provide], consumers: [host] }
`;

const folder = await mkdtemp(join(tmpdir(), 'anklume-bench-'));
try {
  await probeSandbox(measure);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure({ socket, folder: incusDir }: { socket: string; folder: string }) {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'infra.yml'), INFRA);
  const env = { INCUS_DIR: incusDir, ANKLUME_HOME: join(folder, 'home') };
  const tool = (...words: string[]) =>
    peak([...ours, ...words, '--quiet', '--socket', socket], env, project);
  const incus = async (...words: string[]) => (await timed(['incus', ...words], env, folder)).ms;
  await timed([...ours, 'sync'], env, project);
  await timed([...ours, 'apply', '--yes', '--socket', socket], env, project);
  const fill = `dd if=/dev/urandom of=/large bs=1M count=${mebibytes}; mkdir /many; for i in $(seq 2000); do echo $i > /many/$i; done`;
  await incus('exec', '--project', 'd0', 'm0', '--', 'sh', '-c', fill);
  const small = `dd if=/dev/urandom of=/small bs=1M count=${mebibytes / 4}`;
  await incus('exec', '--project', 'd0', 'm0', '--', 'sh', '-c', small);
  // A backup is compressed, so what it holds matters: programs and texts, as on the root of a machine.
  await fillWithSystem(env);
  await writeFile(join(folder, 'up'), randomBytes(mebibytes * 2 ** 20));
  let n = 0;
  const next = (prefix: string) => {
    n += 1;
    return `${prefix}-${n}`;
  };
  const fresh = () => join(folder, next('out'));

  await row(
    'backup: incus export',
    () => tool('backup', 'create', 'm1', '--to', join(folder, 'b')),
    () => incus('export', 'm1', fresh(), '--project', 'd0', '--quiet'),
  );
  await row(
    'file from a machine: incus file pull',
    () => tool('file', 'copy', 'm0:/large', fresh()),
    () => incus('file', 'pull', 'm0/large', fresh(), '--project', 'd0', '--quiet'),
  );
  await row(
    'file to a machine: incus file push',
    () => tool('file', 'copy', join(folder, 'up'), next('m0:/up')),
    () => incus('file', 'push', join(folder, 'up'), next('m0/up'), '--project', 'd0', '--quiet'),
  );
  await row(
    '2000 small files: incus file pull -r',
    () => tool('file', 'copy', 'm0:/many', fresh()),
    async () => {
      const to = fresh();
      await mkdir(to);
      return incus('file', 'pull', '-r', 'm0/many', to, '--project', 'd0', '--quiet');
    },
  );
  const [little, much] = [
    await tool('file', 'copy', 'm0:/small', fresh()),
    await tool('file', 'copy', 'm0:/large', fresh()),
  ];
  console.log(
    `memory: ${little.mebibytes.toFixed(0)} MiB for ${mebibytes / 4} MiB, ${much.mebibytes.toFixed(0)} MiB for ${mebibytes} MiB`,
  );
}

async function fillWithSystem(env: Record<string, string>): Promise<void> {
  const [archive, sample] = [
    join(folder, 'system.tar'),
    ['usr/lib/python3', 'usr/share/doc', 'usr/bin'],
  ];
  await timed(['tar', '-C', '/', '-cf', archive, ...sample]);
  await timed(
    ['incus', 'file', 'push', archive, 'm1/system.tar', '--project', 'd0', '--quiet'],
    env,
  );
}

async function row(what: string, a: () => Promise<Peak>, b: () => Promise<number>): Promise<void> {
  let highest = 0;
  const measured = async () => {
    const one = await a();
    highest = Math.max(highest, one.mebibytes);
    return one.ms;
  };
  const result = await paired(runs, measured, b);
  const missed = result.ratio <= AIM ? '' : '  MISSED';
  console.log(
    `${what.padEnd(40)} x${result.ratio.toFixed(2)}  (${result.a.toFixed(0)} / ${result.b.toFixed(0)} ms)  aim ${AIM}${missed}  peak ${highest.toFixed(0)} MiB`,
  );
}

interface Peak {
  readonly ms: number;
  /** Highest resident memory of the process that was seen. */
  readonly mebibytes: number;
}

/** Runs a program and looks at its memory, as the kernel counts it, while it runs. */
function peak(argv: readonly string[], env: Record<string, string>, cwd: string): Promise<Peak> {
  const [file = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(file, args, {
      env: { ...process.env, ...env },
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let kibibytes = 0;
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    const look = setInterval(() => {
      readFile(`/proc/${child.pid}/status`, 'utf8').then(
        (text) => {
          kibibytes = Math.max(kibibytes, Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0));
        },
        () => {},
      );
    }, 50);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(look);
      const ms = performance.now() - start;
      if (code === 0) resolve({ ms, mebibytes: kibibytes / 1024 });
      else reject(new Error(`${argv.join(' ')} ended with ${code}: ${stderr}`));
    });
  });
}
