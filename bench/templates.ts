/**
 * A machine derived from a template of 300 MB on btrfs, running and with an identity and an address of its own, against
 * a bare `incus copy` and `incus start` of the same snapshot, which has neither. Ratio of the median of pairs.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probeSandbox } from './daemon.ts';
import { paired, timed } from './measure.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const ours = [process.execPath, join(root, 'dist/main.js')];
const RUNS = process.argv.includes('--quick') ? 1 : 5;
const MEBIBYTES = 300;

const INFRA = `project_name: bench
global: { base_subnet: "10.82", default_os_image: probe }
domains:
  lab:
    subnet_id: 1
    ephemeral: true
    machines: { golden: {} }
`;

/** The daemon starts no two machines with one address. */
const OWN_CARD = ['ipv4.address=10.82.1.50', 'hwaddr=02:00:00:00:00:50', 'host_name=bare0'].flatMap(
  (value) => ['--device', `eth0,${value}`],
);

const folder = await mkdtemp(join(tmpdir(), 'anklume-bench-'));
try {
  await writeFile(join(folder, 'infra.yml'), INFRA);
  await timed([...ours, 'sync'], {}, folder);
  const { a, b, ratio } = await probeSandbox(async ({ socket, folder: dir }) => {
    const tool = (...words: string[]) => timed([...ours, ...words, '--socket', socket], {}, folder);
    const incus = (...words: string[]) =>
      timed(['incus', ...words, '--project', 'lab'], { INCUS_DIR: dir });
    await tool('apply', 'infra', '--yes');
    const data = ['dd', 'if=/dev/urandom', 'of=/root/data', 'bs=1M', `count=${MEBIBYTES}`];
    await timed(['incus', 'exec', '--project', 'lab', 'golden', '--', ...data], { INCUS_DIR: dir });
    await tool('golden', 'create', 'golden', '--yes');
    let n = 0;
    return paired(
      RUNS,
      async () => {
        n += 1;
        return (await tool('golden', 'derive', 'golden', `d${n}`)).ms;
      },
      async () => {
        const copy = await incus('copy', 'golden/pristine', 'bare', ...OWN_CARD);
        const start = await incus('start', 'bare');
        await incus('delete', '--force', 'bare');
        return copy.ms + start.ms;
      },
    );
  });
  console.log(
    `derive, ${MEBIBYTES} MiB: incus copy and start  x${ratio.toFixed(2)}  (${a.toFixed(0)} / ${b.toFixed(0)} ms)`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
