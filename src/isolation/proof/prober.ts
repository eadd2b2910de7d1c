import { join } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { productRoot, type RunOptions, run } from '../../base/system/index.ts';
import type { Result } from './guest.ts';

/** What the prober is told; see prober/__main__.py. */
export interface Prober {
  readonly spaces: readonly object[];
  /** By bridge, the addresses that its machines ask for. */
  readonly gateways?: Readonly<Record<string, readonly string[]>>;
  /** Interfaces at which packets of all domains may be seen. */
  readonly carriers?: readonly string[];
  /** False: nothing is put at the host's ends of NICs. */
  readonly inject?: boolean;
  readonly probes: readonly unknown[];
  readonly seconds: { readonly closed: number; readonly open: number };
  readonly listen?: { readonly mark: string; readonly until: string };
  /** Of a part of the probes: the number of its first among all, and what the TCP sequence numbers of all count from. */
  readonly first?: number;
  readonly sequence?: number;
}

export interface ProberReport {
  readonly results: readonly Result[];
  /** Of a space that could not be entered its number, and why. */
  readonly missing: Readonly<Record<string, string>>;
  /** Number of a probe, and where else it was seen: interfaces of the host, and `#3` for a space. */
  readonly strayed: readonly (readonly [index: number, places: readonly string[]])[];
  /** Whether frames could be put at the host's ends of NICs. */
  readonly injects: boolean;
  /** Packets that the kernel dropped unseen. */
  readonly lost: number;
}

/**
 * -I: nothing from the environment or the current folder may change what runs as root.
 * -B: nothing is written beside the program.
 */
function proberArgv(program: 'probe' | 'forge' | 'look'): [string, ...string[]] {
  return ['python3', '-I', '-B', join(productRoot(), 'src/isolation/proof/prober'), program];
}

/** Runs the prober to its end. Throws `prove-needs-root` (exit 4) where it may not enter namespaces. */
export function runProber(
  job: Prober,
  options: Pick<RunOptions, 'signal' | 'onErrorLine'>,
): Promise<ProberReport> {
  return askProber<ProberReport>('probe', job, options);
}

/** Asks one of its programs. */
export async function askProber<Report>(
  program: 'probe' | 'forge' | 'look',
  job: object,
  options: Pick<RunOptions, 'signal' | 'onErrorLine'>,
): Promise<Report> {
  const { code, stdout } = await run(proberArgv(program), {
    ...options,
    input: JSON.stringify(job),
    accept: [0, 4],
  });
  if (code === 4) throw needsRoot();
  return JSON.parse(stdout) as Report;
}

function needsRoot(): AnklumeError {
  return new AnklumeError({
    code: 'prove-needs-root',
    exit: ExitCode.environment,
    message: {
      en: `The proof needs root: the probes are sent from inside the machines' network namespaces.`,
      fr: `La preuve demande les droits root : les sondes partent de l'intérieur des espaces réseau des machines.`,
    },
    remedy: {
      en: `Run the same command with sudo.`,
      fr: `Relancez la même commande avec sudo.`,
    },
  });
}
