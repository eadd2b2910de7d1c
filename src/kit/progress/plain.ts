import type { Event, Text } from '../../base/messages/index.ts';
import { printable } from '../../base/system/index.ts';
import type { Paint } from '../render/paint.ts';
import type { Listener } from './listener.ts';

interface Options {
  readonly paint: Paint;
  readonly t: (text: Text) => string;
  /** Tells beginnings and progress too, not only what ended. */
  readonly verbose: boolean;
}

/** Plain lines, one for each thing that ended, for pipes and log files. */
export function plainListener(write: (text: string) => void, options: Options): Listener {
  const labels = new Map<string, string>();
  return {
    emit(event) {
      if (event.type === 'step.started') labels.set(event.id, options.t(event.label));
      const line = eventLine(event, labels, options);
      if (line !== undefined) write(`${line}\n`);
    },
    close: () => {},
  };
}

/** One line for an event, or undefined where the reader needs none. */
export function eventLine(
  event: Event,
  labels: ReadonlyMap<string, string>,
  { paint, t, verbose }: Options,
): string | undefined {
  if (event.type === 'note') {
    const mark = event.level === 'warning' ? paint.warn('!') : paint.dim('·');
    const remedy = event.remedy ? `\n  ${paint.accent('→')} ${printable(t(event.remedy))}` : '';
    return `${mark} ${printable(t(event.text))}${remedy}`;
  }
  const label = printable(labels.get(event.id) ?? event.id);
  if (event.type === 'step.started') return verbose ? `${paint.dim('…')} ${label}` : undefined;
  if (event.type === 'step.progress')
    return verbose ? `${paint.dim(' ')} ${label}: ${printable(t(event.text))}` : undefined;
  // The report at the end tells what was skipped, in fewer words.
  if (event.type === 'step.skipped' && !verbose) return undefined;
  if (event.type === 'step.skipped')
    return `${paint.warn('-')} ${label}: ${printable(t(event.reason))}`;
  if (event.type === 'step.failed') {
    const remedy = event.remedy ? `\n  ${paint.accent('→')} ${printable(t(event.remedy))}` : '';
    return `${paint.bad('✗')} ${label}: ${printable(t(event.message))}${remedy}`;
  }
  const summary = event.summary ? `: ${printable(t(event.summary))}` : '';
  return `${paint.good('✓')} ${label}${summary} ${paint.dim(seconds(event.seconds, t))}`;
}

/** `0.3 s` in English, `0,3 s` in French. */
export function seconds(value: number, t: (text: Text) => string): string {
  const en = `${value.toFixed(value < 10 ? 1 : 0)} s`;
  return t({ en, fr: en.replace('.', ',') });
}
