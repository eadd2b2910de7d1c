import { aptMirrors, run } from '../../system/index.ts';

/** What a root file system is made from. */
export interface Bootstrap {
  /** `trixie`. */
  readonly suite: string;
  /** In Debian's words: `amd64`. */
  readonly architecture: string;
  readonly packages: readonly string[];
}

export interface ConfinedOptions {
  readonly signal?: AbortSignal;
  readonly onErrorLine?: (untrustedLine: string) => void;
}

/** Milliseconds for a whole build: 40 s with a near mirror on two cores, minutes over a slow line. */
const BUILD_LIMIT = 20 * 60_000;

/** Makes a root file system from this machine's Debian mirror in the folder `root`. No initrd is made. */
export async function bootstrap(
  { suite, architecture, packages }: Bootstrap,
  root: string,
  options: ConfinedOptions = {},
): Promise<void> {
  const mirrors = await aptMirrors();
  const excluded = ['doc/*', 'man/*', 'info/*', 'locale/*/LC_MESSAGES/*'];
  const sources = [`deb ${mirrors.main} ${suite} main`];
  if (mirrors.security !== undefined)
    sources.push(`deb ${mirrors.security} ${suite}-security main`);
  await confined(
    [
      ...['mmdebstrap', '--mode=root', '--variant=minbase', '--format=directory'],
      `--architectures=${architecture}`,
      `--include=${packages.join(',')}`,
      '--aptopt=Acquire::Languages "none"',
      ...excluded.map((path) => `--dpkgopt=path-exclude=/usr/share/${path}`),
      ...[suite, root, ...sources],
    ],
    options,
  );
}

/**
 * Runs a program in mount and PID namespaces of its own that end with this process, however it ends:
 * no mount in the new root and no package script outlives a build.
 */
export async function confined(
  argv: readonly string[],
  { signal, onErrorLine = () => {} }: ConfinedOptions = {},
): Promise<void> {
  const cage = ['setpriv', '--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork'];
  await run([...cage, '--kill-child', '--mount-proc', '--propagation', 'private', ...argv], {
    timeout: BUILD_LIMIT,
    killSignal: 'SIGKILL',
    onErrorLine,
    // A kernel's initrd is made once, when everything that decides its content stands.
    env: { LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: '1700000000', INITRD: 'No' },
    ...(signal && { signal }),
  });
}
