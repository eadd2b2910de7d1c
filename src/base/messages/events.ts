import { AnklumeError } from './error.ts';
import type { Text } from './text.ts';

/**
 * What long work tells while it runs. The live view, the plain log and `--json` are listeners;
 * nobody else prints. Ids are stable paths such as `instance:pro/pro-dev`, `image:debian/13`.
 */
export type Event = StepStarted | StepProgress | StepDone | StepFailed | StepSkipped | Note;

export interface StepStarted {
  readonly type: 'step.started';
  readonly id: string;
  readonly label: Text;
  readonly domain?: string;
  readonly parent?: string;
}

export interface StepProgress {
  readonly type: 'step.progress';
  readonly id: string;
  readonly text: Text;
  /** 0 to 1 where it is known. */
  readonly fraction?: number;
}

export interface StepDone {
  readonly type: 'step.done';
  readonly id: string;
  readonly seconds: number;
  readonly summary?: Text;
}

export interface StepFailed {
  readonly type: 'step.failed';
  readonly id: string;
  readonly code: string;
  readonly message: Text;
  readonly remedy?: Text;
}

export interface StepSkipped {
  readonly type: 'step.skipped';
  readonly id: string;
  readonly reason: Text;
}

export interface Note {
  readonly type: 'note';
  readonly level: 'info' | 'warning';
  readonly code: string;
  readonly text: Text;
  readonly remedy?: Text;
}

export type Emit = (event: Event) => void;

/** The default listener: silence. */
export const silent: Emit = () => {};

/** Runs `work` between a started event and a done or failed one; the error passes through. */
export async function step<T>(
  emit: Emit,
  about: {
    readonly id: string;
    readonly label: Text;
    readonly domain?: string;
    readonly parent?: string;
  },
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  emit({ type: 'step.started', ...about });
  try {
    const result = await work();
    emit({ type: 'step.done', id: about.id, seconds: (performance.now() - start) / 1000 });
    return result;
  } catch (error) {
    emit({ type: 'step.failed', id: about.id, ...explain(error) });
    throw error;
  }
}

/** Code, message and remedy of anything thrown; an unexplained error keeps its own words. */
function explain(error: unknown): { code: string; message: Text; remedy?: Text } {
  if (error instanceof AnklumeError)
    return { code: error.code, message: error.text, ...(error.remedy && { remedy: error.remedy }) };
  const words = error instanceof Error ? error.message : String(error);
  return { code: 'unexpected', message: { en: words, fr: words } };
}
