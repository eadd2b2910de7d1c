import { createLogUpdate } from 'log-update';
import type { Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import { fitted } from '../render/fitted.ts';
import type { Paint } from '../render/paint.ts';
import type { Listener } from './listener.ts';
import { eventLine, seconds } from './plain.ts';

interface Options {
  readonly paint: Paint;
  readonly t: (text: Text) => string;
  readonly verbose: boolean;
}

interface Running {
  readonly label: string;
  readonly domain: string | undefined;
  readonly since: number;
  detail: string;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** More running steps than this are summed up by domain, so that the view fits any terminal. */
const MOST_LINES = 8;

/** A view that is redrawn in place while work runs; what ended is summed up, what failed stays on screen. */
export function liveListener(stream: NodeJS.WriteStream, options: Options): Listener {
  const { t, verbose } = options;
  const view = createLogUpdate(stream, { showCursor: false });
  const labels = new Map<string, string>();
  const running = new Map<string, Running>();
  const started = performance.now();
  let finished = 0;
  let frame = 0;
  const draw = () => {
    frame += 1;
    view(liveText([...running.values()], finished, performance.now() - started, frame, options));
  };
  // 12 frames a second are smooth to the eye and cost next to nothing.
  let timer: NodeJS.Timeout | undefined;
  const persist = (line: string) => {
    view.clear();
    stream.write(`${fitted(line, stream.columns)}\n`);
  };
  return {
    emit(event) {
      timer ??= setInterval(draw, 80).unref();
      if (event.type === 'step.started') {
        labels.set(event.id, t(event.label));
        running.set(event.id, {
          label: printable(t(event.label)),
          domain: event.domain,
          since: performance.now(),
          detail: '',
        });
      } else if (event.type === 'step.progress') {
        const step = running.get(event.id);
        if (step) step.detail = printable(t(event.text));
      } else if (event.type !== 'note') {
        running.delete(event.id);
        finished += 1;
      }
      const worthKeeping = verbose || (event.type !== 'step.done' && event.type !== 'step.started');
      const topLevel =
        event.type === 'step.done' && !event.id.includes('/') && !event.id.includes(':');
      if (worthKeeping || topLevel) {
        const line = eventLine(event, labels, { ...options, verbose: false });
        if (line !== undefined) persist(line);
      }
    },
    close() {
      if (timer) clearInterval(timer);
      timer = undefined;
      view.clear();
      view.done();
    },
  };
}

/** The block that is redrawn: what runs, or its sum by domain, with the time since the start. */
export function liveText(
  running: readonly Running[],
  finished: number,
  elapsedMilliseconds: number,
  frame: number,
  { paint, t }: Options,
): string {
  const spinner = paint.accent(FRAMES[frame % FRAMES.length] ?? '');
  const total = t({ en: `${finished} done`, fr: `${finished} terminés` });
  const head = `${spinner} ${total}, ${paint.dim(seconds(elapsedMilliseconds / 1000, t))}`;
  const lines =
    running.length <= MOST_LINES
      ? running.map((step) => stepLine(step, paint))
      : byDomain(running, t);
  return [...lines, head].join('\n');
}

function stepLine(step: Running, paint: Paint): string {
  return `  ${step.label}${step.detail ? paint.dim(` ${step.detail}`) : ''}`;
}

function byDomain(running: readonly Running[], t: (text: Text) => string): string[] {
  const counts = new Map<string, number>();
  for (const step of running) {
    const domain = step.domain ?? '-';
    counts.set(domain, (counts.get(domain) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, MOST_LINES).map(([domain, n]) => `  ${domain}: ${n}`);
  const rest = sorted.length - shown.length;
  if (rest > 0)
    shown.push(`  ${t({ en: `and ${rest} more domains`, fr: `et ${rest} domaines de plus` })}`);
  return shown;
}
