import type { Event, Text } from '../../../base/messages/index.ts';
import { printable } from '../../../base/system/index.ts';

/** Longest text of an event that is passed on. */
const LONGEST = 500;

/** An event that a program in the runner wrote as a line of JSON, as one of ours; undefined for anything else. */
export function innerEvent(untrustedLine: string): Event | undefined {
  const untrusted = parsed(untrustedLine);
  const id = typeof untrusted.id === 'string' ? `runner:${words(untrusted.id)}` : '';
  if (id === '') return undefined;
  switch (untrusted.type) {
    case 'step.started':
      return { type: 'step.started', id, label: text(untrusted.label) };
    case 'step.progress':
      return { type: 'step.progress', id, text: text(untrusted.text) };
    case 'step.done':
      return { type: 'step.done', id, seconds: Number(untrusted.seconds) || 0 };
    case 'step.failed':
      return { type: 'step.failed', id, code: 'inside', message: text(untrusted.message) };
    default:
      return undefined;
  }
}

/** What a program in the runner said about its failure; undefined for a line that is no failure. */
export function innerFailure(untrustedLine: string): Text | undefined {
  const untrusted = parsed(untrustedLine);
  return untrusted.type === 'error' ? text(untrusted.message) : undefined;
}

function parsed(untrustedLine: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(untrustedLine);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(untrusted: unknown): Text {
  const { en, fr } = isRecord(untrusted) ? untrusted : {};
  const first = typeof en === 'string' ? words(en) : '';
  return { en: first, fr: typeof fr === 'string' ? words(fr) : first };
}

function words(untrusted: string): string {
  return printable(untrusted).slice(0, LONGEST);
}
