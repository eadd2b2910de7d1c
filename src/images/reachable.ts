import { connect } from 'node:net';
import { type Host, run } from '../base/system/index.ts';

/** Milliseconds to wait for an image server before something else is tried. */
const CONNECT_LIMIT = 3000;

/**
 * Whether the daemon can be expected to reach `server`, found out in seconds where the daemon itself would try for
 * minutes. A daemon whose host we cannot enter is left to try.
 */
export async function isReachable(server: string, host: Host | undefined): Promise<boolean> {
  const { hostname, port } = new URL(server);
  // Its own loopback needs no way out, and is not ours.
  if (!host || /^(127\.|localhost$|\[::1\]$)/.test(hostname)) return true;
  if (host.enter.length > 0 && !(await hasWayOut(host))) return false;
  return answers(hostname, Number(port || 443));
}

/** A sandbox without an uplink has no default route. */
async function hasWayOut(host: Host): Promise<boolean> {
  const { stdout } = await run([...host.enter, 'ip', 'route', 'show', 'default']);
  return stdout.trim() !== '';
}

function answers(hostname: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port });
    const tell = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    // A timer, not the socket's own timeout: looking up the name may be what takes long.
    const timer = setTimeout(tell, CONNECT_LIMIT, false);
    socket.once('connect', () => tell(true));
    socket.once('error', () => tell(false));
  });
}
