import { spawn } from 'node:child_process';
import { expect, inject } from 'vitest';
import { run } from '../../../src/base/system/index.ts';
import { program } from '../build.ts';
import { loadedRules } from '../loaded-rules.ts';
import { type CliOptions, incusCli, incusQuery, inSandbox, type Outcome } from '../support.ts';

/** A gateway of the shared sandbox: a machine of its own bridge, through which the default route leads. */
export async function giveGateway(name: string, bridge: string, second: number): Promise<string> {
  const address = `10.${second}.9.1`;
  await incusCli(
    ...['network', 'create', bridge, `ipv4.address=10.${second}.9.254/24`, 'ipv6.address=none'],
  );
  await incusCli(
    ...['launch', 'probe', name, '--quiet', '--network', bridge, '--storage', 'default'],
    ...['--device', `eth0,ipv4.address=${address}`],
  );
  await poll(() => inSandbox('ping', '-c', '1', '-W', '1', address));
  await inSandbox('ip', 'route', 'add', 'default', 'via', address, 'dev', bridge);
  return address;
}

/** Takes it away again, also when it was made only in part. */
export async function takeGateway(name: string, bridge: string): Promise<void> {
  await inSandbox('ip', 'route', 'del', 'default', 'dev', bridge).catch(() => '');
  await incusCli('delete', '--force', name).catch(() => '');
  await incusCli('network', 'delete', bridge).catch(() => '');
}

/** Repeats until it does not throw; half a minute at most. */
export async function poll<T>(work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() - start > 30_000) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Our tables in the shared sandbox, without counters: asked of nft, not of the code under test. */
export async function ourRules(): Promise<string> {
  const tables = (await inSandbox('nft', 'list', 'tables')).split('\n');
  const ours = tables.filter((table) => / anklume$/.test(table));
  const texts = ours.map((table) => loadedRules(...table.split(' ')));
  return (await Promise.all(texts)).join('');
}

/** All rules in the network of a machine itself, asked from outside: the machine needs no nft for that. */
export async function rulesInside(machine: string, project = 'default'): Promise<string> {
  const path = `/1.0/instances/${machine}/state?project=${project}`;
  const { pid } = await incusQuery<{ pid: number }>(path);
  expect(pid).toBeGreaterThan(1);
  return inSandbox('nsenter', '-t', String(pid), '-n', '--', 'nft', 'list', 'ruleset');
}

/** Both of our tables as a text, around one bridge, with a rule at the entrance of the host. */
export function tablesText(bridge: string, rule = 'iifname @bridges counter accept'): string {
  return [
    'table inet anklume',
    'delete table inet anklume',
    'table bridge anklume',
    'delete table bridge anklume',
    'table inet anklume {',
    `\tset bridges {\n\t\ttype ifname\n\t\telements = { "${bridge}" }\n\t}`,
    `\tchain input {\n\t\ttype filter hook input priority -1; policy accept;\n\t\t${rule}\n\t}`,
    '}',
    'table bridge anklume {',
    '}',
    '',
  ].join('\n');
}

/** The built program in the background, to be killed or spoken to. */
export interface Running {
  readonly pid: number;
  readonly ended: Promise<Outcome>;
  /** Resolves when it has said these words, on either stream. */
  says(words: string): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export function inBackground(args: readonly string[], options: CliOptions): Running {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: options.cwd,
    env: {
      ...process.env,
      ANKLUME_LANG: 'en',
      NO_COLOR: '1',
      ANKLUME_HOME: inject('home'),
      INCUS_SOCKET: inject('socket'),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal, ...output })),
    ),
    says: (words) =>
      poll(async () => {
        if (!`${output.stdout}${output.stderr}`.includes(words)) throw new Error(output.stderr);
      }),
    kill: (signal) => void child.kill(signal),
  };
}

/** Processes of this tool that wait to restore rules. */
export async function watchdogs(): Promise<string[]> {
  const found = await run(['pgrep', '--full', '--list-full', 'network restore --after'], {
    accept: [0, 1],
  });
  return found.stdout.split('\n').filter((line) => line.includes(program));
}
