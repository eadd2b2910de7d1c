import { run } from '../../src/base/system/index.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';

/** The daemon's process number inside the sandbox, which only it can tell. */
export async function daemonOf(sandbox: Sandbox): Promise<number> {
  const argv = ['incus', 'query', '/1.0'];
  const { stdout } = await run(argv, { env: { INCUS_DIR: sandbox.incusDir } });
  return (JSON.parse(stdout) as { environment: { server_pid: number } }).environment.server_pid;
}

/** Ends the daemon without warning, as a crash or an out-of-memory kill does; `pid` when it must not be asked now. */
export async function killDaemon(sandbox: Sandbox, pid?: number): Promise<void> {
  const number = pid ?? (await daemonOf(sandbox));
  const [enter = '', ...words] = sandbox.host.enter;
  await run([enter, ...words, 'kill', '-9', String(number)]);
}
