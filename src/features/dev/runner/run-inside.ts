import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AnklumeError, type Text } from '../../../base/messages/index.ts';
import { homeFolder, printable, writeAtomic } from '../../../base/system/index.ts';
import { isNotFound } from '../../../incus/index.ts';
import type { ScenarioResult } from '../roles/run-scenario.ts';
import { innerEvent, innerFailure } from './inner-event.ts';
import { innerResult } from './inner-result.ts';
import type { Ground } from './objects.ts';
import { RUNNER } from './place.ts';
import { endScript, followScript, type UnitPlaces, unitPlaces } from './unit.ts';

/** Longest file in bytes that is taken out of the runner. */
const LONGEST = 64 * 1024 * 1024;

/** Where results are kept on this machine, a JSON file and a log for each test. */
export function resultsFolder(): string {
  return join(homeFolder(), 'test-runner', 'results');
}

/**
 * Runs `anklume` with these words in the runner, passes its events on, and keeps a file for each result. Whatever
 * happens to this process, the run ends and its sandbox goes. Throws `test-runner-failed` where there is no result.
 */
export async function runInside(
  ground: Ground,
  words: readonly string[],
  sandbox: string,
): Promise<ScenarioResult[]> {
  const { incus, emit, signal } = ground;
  const places = unitPlaces(randomBytes(6).toString('hex'));
  const shell = (script: string, more: object = {}) =>
    incus.instances.exec(RUNNER.instance, ['sh', '-c', script], {
      project: RUNNER.project,
      retried: true,
      ...more,
    });
  let failure: Text | undefined;
  const hear = (untrustedLine: string) => {
    const event = innerEvent(untrustedLine);
    if (event) emit(event);
    else failure = innerFailure(untrustedLine) ?? failure;
  };
  try {
    const script = followScript(places, words, sandbox);
    const lines = new Lines(hear);
    const followed = await shell(script, { onStdout: lines.add, ...(signal && { signal }) });
    if (followed.code !== 0) failure ??= unexplained(followed.stderr);
  } finally {
    await shell(endScript(places));
  }
  const status = await read(ground, `${places.folder}/status`);
  const results = await collect(ground, places);
  await shell(`rm -rf ${places.folder}`);
  signal?.throwIfAborted();
  if (status === undefined || results.length === 0) throw failed(failure);
  return results;
}

/** Text that comes in pieces, as lines. */
class Lines {
  #rest = '';
  readonly #onLine: (untrustedLine: string) => void;
  constructor(onLine: (untrustedLine: string) => void) {
    this.#onLine = onLine;
  }

  readonly add = (chunk: Buffer): void => {
    const lines = (this.#rest + chunk.toString('utf8')).split('\n');
    // A line without end is not ours.
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST);
    for (const line of lines) this.#onLine(line);
  };
}

/** The results, each with its log, as files of this machine. */
async function collect(ground: Ground, { folder }: UnitPlaces): Promise<ScenarioResult[]> {
  const text = (await read(ground, `${folder}/results`)) ?? '';
  const results: ScenarioResult[] = [];
  for (const found of text.split('\n').flatMap((line) => innerResult(line) ?? [])) {
    const name = `${found.role}-${found.scenario}`;
    const file = join(resultsFolder(), name);
    const log = await read(ground, `/root/.anklume/role-tests/${name}.log`);
    await writeAtomic(`${file}.log`, log ?? '');
    const result = { ...found, log: `${file}.log` };
    await writeAtomic(`${file}.json`, `${JSON.stringify(result, null, 2)}\n`);
    results.push(result);
  }
  return results;
}

/** A file of the runner; undefined where there is none. */
async function read({ incus }: Ground, path: string): Promise<string | undefined> {
  const options = { project: RUNNER.project, longest: LONGEST };
  try {
    return (await incus.instances.readFile(RUNNER.instance, path, options)).toString('utf8');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function unexplained(untrustedWords: string): Text | undefined {
  const words = printable(untrustedWords.trim()).slice(-2000);
  return words === '' ? undefined : { en: words, fr: words };
}

function failed(why: Text | undefined): AnklumeError {
  return new AnklumeError({
    code: 'test-runner-failed',
    message: {
      en: `The tests in the runner ended without a result: ${why?.en ?? 'they were cut short.'}`,
      fr: `Les essais dans la machine d'essai se sont terminés sans résultat : ${why?.fr ?? 'ils ont été interrompus.'}`,
    },
    remedy: {
      en: "Run it again; 'anklume dev test-runner-delete' begins with a new machine.",
      fr: "Relancez ; « anklume dev test-runner-delete » permet de repartir d'une machine neuve.",
    },
  });
}
