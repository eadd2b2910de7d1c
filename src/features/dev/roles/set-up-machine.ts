import { setTimeout as pause } from 'node:timers/promises';
import { AnklumeError, type Text } from '../../../base/messages/index.ts';
import { aptMirrors, aptProxy, printable } from '../../../base/system/index.ts';
import { type Incus, IncusError } from '../../../incus/index.ts';
import { aptFiles, codenameOf } from './apt-files.ts';

/** A daemon, and until when. */
interface Door {
  readonly incus: Incus;
  readonly signal?: AbortSignal;
}

/** A machine on it. */
interface Place {
  readonly name: string;
  readonly project: string;
}

/** Milliseconds for a virtual machine to boot up to its agent, in software emulation too. */
const BOOT_LIMIT = 10 * 60_000;

/** Until it has booted and has an address. Throws `role-machine-not-up`. */
export async function waitUntilUp(
  { incus, signal }: Door,
  { name, project }: Place,
): Promise<void> {
  const common = { project, ...(signal && { signal }) };
  await untilItAnswers(incus, name, common);
  const { code, stdout } = await incus.instances.exec(name, ['sh', '-c', UP], {
    ...common,
    retried: true,
  });
  if (code !== 0) throw notUp(name, stdout);
}

/** A virtual machine runs commands once its agent is up. */
async function untilItAnswers(
  incus: Incus,
  name: string,
  common: { readonly project: string; readonly signal?: AbortSignal },
): Promise<void> {
  const deadline = performance.now() + BOOT_LIMIT;
  for (;;) {
    try {
      await incus.instances.answers(name, common);
      return;
    } catch (error) {
      if (!(error instanceof IncusError) || error.kind === 'unreachable') throw error;
      if (error.kind === 'not-found' || performance.now() > deadline) throw error;
    }
    await pause(300, undefined, common.signal && { signal: common.signal });
  }
}

/** Until booting has ended and there is an address; 'degraded' is up too. */
const UP = `
systemctl is-system-running --wait >/dev/null 2>&1
for try in $(seq 100); do
  if grep -q '^e' /proc/net/route; then exit 0; fi
  sleep 0.2
done
systemctl --no-pager --failed
exit 1
`;

/** This machine's way to packages is the tests' way too: its mirror and proxy. */
export async function placeAptFiles(
  { incus, signal }: Door,
  { name, project }: Place,
): Promise<void> {
  const common = { project, ...(signal && { signal }) };
  const release = await incus.instances.readFile(name, '/etc/os-release', {
    ...common,
    longest: 100_000,
  });
  const codename = codenameOf(release.toString('utf8'));
  if (codename === undefined) return;
  const files = aptFiles(codename, await aptMirrors(), await aptProxy());
  for (const [path, text] of Object.entries(files.written))
    await incus.instances.writeFile(name, path, text, { ...common, mode: 0o644, uid: 0, gid: 0 });
  for (const path of files.removed) await incus.instances.deleteFile(name, path, common);
}

function notUp(name: string, untrustedWords: string): AnklumeError {
  const words: Text = {
    en: `The machine '${name}' has no address after 20 s. ${printable(untrustedWords)}`,
    fr: `La machine « ${name} » n'a pas d'adresse après 20 s. ${printable(untrustedWords)}`,
  };
  return new AnklumeError({ code: 'role-machine-not-up', message: words });
}
