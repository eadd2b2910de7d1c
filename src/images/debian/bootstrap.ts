import { access } from 'node:fs/promises';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { aptMirrors, run } from '../../base/system/index.ts';
import type { Archive } from './recipe.ts';

/** What a root file system is made from. */
export interface Bootstrap {
  /** `trixie`. */
  readonly suite: string;
  /** In Debian's words: `amd64`. */
  readonly architecture: string;
  readonly packages: readonly string[];
  /** Default: the mirror that this machine's own packages come from. */
  readonly archive?: Archive;
}

export interface ConfinedOptions {
  readonly signal?: AbortSignal;
  readonly onErrorLine?: (untrustedLine: string) => void;
}

/** Milliseconds for a whole build: 40 s with a near mirror on two cores, minutes over a slow line. */
const BUILD_LIMIT = 20 * 60_000;

/** Makes a root file system from packages in the folder `root`. No initrd is made. */
export async function bootstrap(
  { suite, architecture, packages, archive }: Bootstrap,
  root: string,
  options: ConfinedOptions = {},
): Promise<void> {
  const sources = archive ? await foreignSources(archive) : await ownSources(suite);
  const excluded = ['doc/*', 'man/*', 'info/*', 'locale/*/LC_MESSAGES/*'];
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

async function ownSources(suite: string): Promise<string[]> {
  const mirrors = await aptMirrors();
  const sources = [`deb ${mirrors.main} ${suite} main`];
  if (mirrors.security !== undefined)
    sources.push(`deb ${mirrors.security} ${suite}-security main`);
  return sources;
}

async function foreignSources({ sources, keyring }: Archive): Promise<readonly string[]> {
  try {
    await access(keyring.path);
  } catch (cause) {
    throw new AnklumeError({
      code: 'requirements-missing',
      exit: ExitCode.environment,
      message: {
        en: `the keys that its packages are signed with are not here; Debian's package ${keyring.package} has them`,
        fr: `les clés qui signent ses paquets ne sont pas là ; elles sont dans le paquet ${keyring.package} de Debian`,
      },
      cause,
    });
  }
  return sources;
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
