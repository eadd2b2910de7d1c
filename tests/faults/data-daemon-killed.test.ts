import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestProject, testProject } from '../integration/cli/projects.ts';
import { removeDomains } from '../integration/engine/daemon.ts';
import {
  configOf,
  DIR_POOL,
  dataOf,
  dirPool,
  makeData,
  onHost,
  type Placed,
  snapshotsOf,
  spoil,
  statusOf,
} from '../integration/snapshots/world.ts';
import { anklume, incusQuery, inSandbox, uniqueName } from '../integration/support.ts';
import { killsOf, SEED } from './form.ts';
import { killDaemon, restartDaemon } from './kill-daemon.ts';
import { seeded } from './seeded.ts';
import { Tally } from './tally.ts';

/** Files of each machine: enough for a copy of them to take a while. */
const FILES = 1500;

const domain = uniqueName('dk');
const shared: Placed = { project: domain, name: `${domain}-1` };
const copied: Placed = { project: domain, name: `${domain}-2`, pool: DIR_POOL };
const template: Placed = { project: domain, name: `${domain}-3` };
const machines = [shared, copied];
const tally = new Tally();
let project: TestProject;
let data: string[];
let limits = 100;

const infra = () =>
  `project_name: ${domain}\nglobal: { base_subnet: "10.88", default_os_image: probe }\n` +
  `domains:\n  ${domain}:\n    subnet_id: 1\n    ephemeral: true\n    machines:\n` +
  `      ${shared.name}: { config: { limits.processes: "${limits}" } }\n` +
  `      ${copied.name}: { config: { limits.processes: "${limits}" }, devices: { root: { type: disk, path: /, pool: ${DIR_POOL} } } }\n` +
  `      ${template.name}: {}\n`;

const tool = (words: readonly string[]) => anklume(words, { cwd: project.folder });
const must = async (...words: string[]) => {
  const { code, stdout, stderr } = await tool(words);
  expect(code, `${words.join(' ')}:\n${stdout}${stderr}`).toBe(0);
  return stdout;
};

interface Killed {
  readonly name: string;
  readonly long: number;
  /** Makes the state that it starts from; its words. */
  prepare(): Promise<string[]>;
  /** Exit statuses of the run after the kill. */
  readonly ends: readonly number[];
  check(): Promise<void>;
}

const COMMANDS: readonly Killed[] = [
  {
    name: 'snapshot create',
    long: 15,
    async prepare() {
      for (const { name } of machines) await must('snapshot', 'delete', name, 'held', '--yes');
      return ['snapshot', 'create', domain, 'held'];
    },
    // Those that were whole before the kill have the name.
    ends: [0, 1],
    async check() {
      for (const machine of machines) {
        await spoil(machine);
        await must('snapshot', 'restore', machine.name, 'held', '--yes', '--skip-snapshot');
      }
    },
  },
  {
    name: 'snapshot restore',
    long: 15,
    async prepare() {
      for (const machine of machines) {
        await must('snapshot', 'delete', machine.name, 'held', '--yes');
        await must('snapshot', 'create', machine.name, 'held');
        await spoil(machine);
      }
      await must('snapshot', 'delete', template.name, 'held', '--yes');
      await must('snapshot', 'create', template.name, 'held');
      return ['snapshot', 'restore', domain, 'held', '--yes'];
    },
    ends: [0],
    check: async () => {},
  },
  {
    name: 'instance restart',
    long: 15,
    async prepare() {
      return ['instance', 'restart', shared.name, copied.name, '--force', '--yes'];
    },
    ends: [0],
    check: async () => {},
  },
  {
    name: 'rollback',
    long: 10,
    async prepare() {
      limits += 1;
      await project.write(infra());
      await must('apply', 'infra', '--sync', '--yes');
      for (const machine of machines) await spoil(machine);
      return ['rollback', '--yes'];
    },
    ends: [0],
    async check() {
      limits -= 1;
      await project.write(infra());
      await must('apply', 'infra', '--sync', '--yes');
      for (const machine of machines)
        expect((await configOf(machine))['limits.processes']).toBe(String(limits));
    },
  },
  {
    name: 'golden update',
    long: 10,
    async prepare() {
      // Somebody worked in it, so its state is kept anew.
      await must('instance', 'start', template.name);
      return ['golden', 'update', template.name, '--yes'];
    },
    ends: [0],
    async check() {
      expect((await snapshotsOf(template)).filter((name) => /^pristine/.test(name))).toEqual([
        'pristine',
      ]);
      expect(await statusOf(template)).toBe('Stopped');
    },
  },
];

beforeAll(async () => {
  await dirPool();
  project = await testProject(infra());
  await must('apply', 'infra', '--sync', '--yes');
  await must('golden', 'create', template.name, '--yes');
  for (const machine of machines) await makeData(machine, FILES);
  data = await Promise.all(machines.map(dataOf));
});
afterAll(async () => {
  console.log(tally.table(SEED));
  await tool(['history', 'delete', '--keep', '0', '--yes']);
  await removeDomains(domain);
  await project[Symbol.asyncDispose]();
});

describe.each(COMMANDS)('$name, its daemon killed with SIGKILL', (command) => {
  const random = seeded(SEED);
  const kills = killsOf('ANKLUME_FAULT_DAEMON_DATA_KILLS', 1, command.long);
  let duration: number;

  it('left alone, it does what it is for', async () => {
    const words = await command.prepare();
    const began = performance.now();
    const { code, stderr } = await tool(words);
    duration = performance.now() - began;
    expect(code, stderr).toBe(0);
    await isRight(command);
  });

  it.each(Array.from({ length: kills }, (_, index) => index))(
    `B07-02: kill %i of seed ${SEED}: the data is what it was, the next run converges`,
    async () => {
      const { where, words } = await kill(command, duration, random);
      const converged = tally.killed(command.name, where);
      const next = await tool(words);
      expect(command.ends, `killed ${where}:\n${next.stdout}${next.stderr}`).toContain(next.code);
      await isRight(command, where);
      converged();
    },
  );
});

async function isRight(command: Killed, where = 'nowhere'): Promise<void> {
  await command.check();
  const seen = {
    data: await Promise.all(machines.map(dataOf)),
    states: await Promise.all(machines.map(statusOf)),
    left: await leftovers(),
  };
  const right = { data, states: ['Running', 'Running'], left: [] };
  expect(seen, `killed ${where}`).toEqual(right);
}

/** Snapshots that are not whole, marks of what is under way, and disks that are somewhere else. */
async function leftovers(): Promise<string[]> {
  const found: string[] = [];
  for (const machine of [...machines, template]) {
    const path = `/1.0/instances/${machine.name}/snapshots?recursion=1&project=${domain}`;
    const all = await incusQuery<{ name: string; expires_at: string }[]>(path);
    found.push(...all.filter((one) => one.expires_at.startsWith('9999')).map(({ name }) => name));
    const pool = machine.pool ?? 'default';
    const volumes = await incusQuery<string[]>(
      `/1.0/storage-pools/${pool}/volumes/container/${machine.name}/snapshots?project=${domain}`,
    );
    if (volumes.length !== all.length) found.push(`volumes of ${machine.name}`);
    if ((await configOf(machine))['user.anklume.restoring']) found.push(`mark on ${machine.name}`);
  }
  const disks = await inSandbox('ls', onHost(shared, '').replace(/[^/]+\/rootfs$/, ''));
  return [...found, ...disks.split('\n').filter((name) => name.includes('.incustmp'))];
}

/** Where a command begins to work: what comes before is the program's own start. */
const START = 0.15;

/** Runs the command and kills the daemon at a moment of it. */
async function kill(command: Killed, duration: number, random: () => number) {
  const share = START + (1 - START) * random();
  const words = await command.prepare();
  const running = tool(words);
  await sleep(share * duration);
  await killDaemon();
  await restartDaemon();
  // It may have come through or not; it ends by itself and explains what it could not do.
  const first = await running;
  expect([0, 1, 4], first.stderr).toContain(first.code);
  expect(first.stderr).not.toMatch(/^\s+at .*:\d+:\d+/m);
  return { where: `at ${Math.round(share * 10) * 10} %`, words };
}
