import type { Incus } from '../../incus/index.ts';
import type { Place } from './find.ts';
import { whyNotRun } from './not-run.ts';
import { notRun, type RunOutcome, runInAll } from './run.ts';

/** Where a log comes from: the machine's own system, its console, or the daemon when it started the machine. */
export type LogSource = 'system' | 'console' | 'start';

export interface LogOptions {
  readonly source: LogSource;
  /** How many of its last lines. */
  readonly lines: number;
  /** Go on with what is written from now on; only of the system's own log. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

type OnLine = (place: Place, stream: 'stdout' | 'stderr', line: string) => void;

/** Exit status of the script below where a system keeps no log that we know. */
const NO_LOG = 97;

const SYSTEM_LOG = `if command -v journalctl >/dev/null 2>&1; then
  if [ "$2" = follow ]; then exec journalctl --no-pager -n "$1" -f; fi
  exec journalctl --no-pager -n "$1"
fi
for file in /var/log/syslog /var/log/messages; do
  [ -r "$file" ] || continue
  if [ "$2" = follow ]; then exec tail -n "$1" -f "$file"; fi
  exec tail -n "$1" "$file"
done
exit ${NO_LOG}`;

/** The last lines of the logs of machines, several at a time. Where a system keeps none, its console's. */
export async function showLogs(
  incus: Incus,
  places: readonly Place[],
  options: LogOptions,
  onLine: OnLine,
): Promise<RunOutcome[]> {
  const { source, lines, follow, signal } = options;
  if (source !== 'system')
    return Promise.all(places.map((place) => showStored(incus, place, source, lines, onLine)));
  const argv = ['sh', '-c', SYSTEM_LOG, 'sh', String(lines), follow ? 'follow' : 'once'];
  const outcomes = await runInAll(incus, places, argv, { signal, whole: !follow }, onLine);
  return Promise.all(
    outcomes.map((outcome) =>
      outcome.code === NO_LOG || outcome.code === 127
        ? showStored(incus, outcome.place, 'console', lines, onLine)
        : outcome,
    ),
  );
}

async function showStored(
  incus: Incus,
  place: Place,
  source: Exclude<LogSource, 'system'>,
  lines: number,
  onLine: OnLine,
): Promise<RunOutcome> {
  const { instance, project } = place;
  try {
    const text =
      source === 'console'
        ? await incus.instances.consoleLog(instance, { project })
        : await incus.instances.startLog(instance, { project });
    for (const line of lastLines(text, lines)) onLine(place, 'stdout', line);
    return { place, code: 0 };
  } catch (error) {
    return notRun(place, await whyNotRun(incus, place, error));
  }
}

/** The last lines of a text, without the carriage returns that consoles write. */
export function lastLines(text: string, count: number): string[] {
  const all = text.replace(/\r+\n/g, '\n').split('\n');
  if (all.at(-1) === '') all.pop();
  return count === 0 ? [] : all.slice(-count);
}
