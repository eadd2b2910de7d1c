import { join, relative } from 'node:path';
import { AnklumeError, ExitCode } from '../../base/messages/index.ts';
import { cloneRoot, run } from '../../base/system/index.ts';
import { type Envelope, envelopeOf } from './envelopes.ts';
import { type Feature, scenarioFolder } from './features.ts';

export interface CucumberOptions {
  readonly features: readonly Feature[];
  /** Parse and match only; nothing runs. */
  readonly dryRun?: boolean;
  readonly seed?: number;
  /** Handed to the steps as the parameters of their world. */
  readonly world?: object;
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds without a word from the runner after which it is taken for dead; no limit when absent. */
  readonly silence?: number;
  readonly signal?: AbortSignal;
}

/** How the runner ended: by itself, or because it gave no sign of life any more. */
export type Ended = 'ended' | 'silent';

/**
 * Runs the features with Cucumber, as a program of its own: a step that blocks or brings its process down cannot
 * take us along. Its messages are told as they come. Throws `scenario-runner` when it could not begin.
 */
export async function runCucumber(
  options: CucumberOptions,
  onMessage: (message: Envelope) => void,
): Promise<Ended> {
  const { signal, silence } = options;
  const silent = new AbortController();
  const watch =
    silence === undefined ? undefined : setTimeout(() => silent.abort(), silence * 1000);
  try {
    const { code, stderr } = await run(argvOf(options), {
      cwd: cloneRoot(),
      env: { ...options.env, CUCUMBER_PUBLISH_ENABLED: 'false' },
      signal: AbortSignal.any([silent.signal, ...(signal ? [signal] : [])]),
      // The runner ends what it started when it is asked to.
      killSignal: 'SIGTERM',
      accept: [0, 1, 2],
      onOutputLine(untrustedLine) {
        watch?.refresh();
        const message = envelopeOf(untrustedLine);
        if (message) onMessage(message);
      },
    });
    if (code === 2) throw didNotBegin(stderr);
    return 'ended';
  } catch (error) {
    signal?.throwIfAborted();
    if (silent.signal.aborted) return 'silent';
    throw error;
  } finally {
    clearTimeout(watch);
  }
}

function argvOf({ features, dryRun, seed, world }: CucumberOptions): string[] {
  const root = cloneRoot();
  const cucumber = join(root, 'node_modules', '@cucumber', 'cucumber', 'bin', 'cucumber.js');
  const steps = relative(root, join(scenarioFolder(), 'steps'));
  return [
    ...[process.execPath, '--import', 'tsx', cucumber],
    ...['--import', `${steps}/**/*.ts`, '--format', 'message', '--exit'],
    ...(dryRun ? ['--dry-run'] : []),
    ...(seed === undefined ? [] : ['--order', `random:${seed}`]),
    ...(world ? ['--world-parameters', JSON.stringify(world)] : []),
    ...features.map(({ file }) => file),
  ];
}

function didNotBegin(stderr: string): AnklumeError {
  const words = stderr.trim().slice(-2000);
  return new AnklumeError({
    code: 'scenario-runner',
    exit: ExitCode.environment,
    message: {
      en: `The scenarios could not be started: ${words}`,
      fr: `Les scénarios n'ont pas pu être lancés : ${words}`,
    },
  });
}
