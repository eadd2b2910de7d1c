import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Host, run } from '../../base/system/index.ts';
import { clearLinks } from '../../repair/index.ts';

/**
 * Ends the dnsmasq that a killed daemon left behind for a bridge, and removes the interface.
 * Only to be called when the daemon no longer has a network of that name: both are nobody's then.
 */
export async function clearRemains(host: Host, network: string): Promise<void> {
  for (const pid of await orphansOf(host, network))
    await run(within(host, 'kill', pid), { accept: [0, 1] });
  // Not there is as good as removed; an unprivileged user's failure shows in the creation that follows.
  await clearLinks(host, [network]);
}

function within(host: Host, program: string, ...args: string[]): [string, ...string[]] {
  const [first = program, ...rest] = [...host.enter, program, ...args];
  return [first, ...rest];
}

/** Numbers, as the host counts, of the dnsmasq processes that Incus started for the network. */
async function orphansOf(host: Host, network: string): Promise<string[]> {
  const pids = (await readdir(host.proc)).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const untrustedLine = await readFile(join(host.proc, pid, 'cmdline'), 'utf8').catch(() => '');
      return isDnsmasqOf(untrustedLine.split('\0'), network) ? [pid] : [];
    }),
  );
  return found.flat();
}

/** Incus starts dnsmasq with the interface and a lease file below `networks/NAME/`; nobody else does both. */
export function isDnsmasqOf(untrustedArgv: readonly string[], network: string): boolean {
  const [program = '', ...args] = untrustedArgv;
  return (
    /(^|\/)dnsmasq$/.test(program) &&
    args.includes(`--interface=${network}`) &&
    args.some((arg) => arg.endsWith(`/networks/${network}/dnsmasq.leases`))
  );
}
