import { describe, expect, it } from 'vitest';
import type { Event } from '../../base/messages/index.ts';
import { makePaint } from '../render/paint.ts';
import { jsonListener } from './json.ts';
import { warningsOnly } from './listener.ts';
import { liveText } from './live.ts';
import { plainListener } from './plain.ts';

const options = { paint: makePaint(false), t: (text: { en: string }) => text.en, verbose: false };

const events: readonly Event[] = [
  { type: 'step.started', id: 'x', label: { en: 'Create x', fr: 'Créer x' } },
  { type: 'step.progress', id: 'x', text: { en: 'half', fr: 'moitié' } },
  { type: 'step.done', id: 'x', seconds: 0.25 },
  { type: 'step.failed', id: 'y', code: 'no', message: { en: 'no\u001b[2J', fr: 'non' } },
  { type: 'note', level: 'warning', code: 'n', text: { en: 'mind', fr: 'attention' } },
];

function lines(verbose: boolean): string {
  let out = '';
  const listener = plainListener(
    (text) => {
      out += text;
    },
    { ...options, verbose },
  );
  for (const event of events) listener.emit(event);
  return out;
}

describe('plain lines', () => {
  it('tell what ended, without control characters', () => {
    expect(lines(false)).toBe('✓ Create x 0.3 s\n✗ y: no\\x1b[2J\n! mind\n');
  });

  it('tell beginnings too when asked', () => {
    expect(lines(true)).toContain('… Create x\n');
  });
});

describe('JSON', () => {
  it('is one object a line', () => {
    let out = '';
    const listener = jsonListener((text) => {
      out += text;
    });
    for (const event of events) listener.emit(event);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(events);
  });
});

it('who wants it quiet still hears warnings, and nothing else', () => {
  let out = '';
  const write = (text: string) => {
    out += text;
  };
  const info = {
    type: 'note',
    level: 'info',
    code: 'i',
    text: { en: 'by the way', fr: 'au fait' },
  } as const;
  const listener = warningsOnly(plainListener(write, options));
  for (const event of [...events, info]) listener.emit(event);
  expect(out).toBe('! mind\n');
});

describe('live view', () => {
  const running = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      label: `step ${i}`,
      domain: `domain-${i % 3}`,
      since: 0,
      detail: '',
    }));

  it('lists few steps, and sums many up by domain', () => {
    expect(liveText(running(2), 0, 0, 0, options)).toContain('step 1');
    const many = liveText(running(30), 5, 12_000, 0, options);
    expect(many).toContain('domain-0: 10');
    expect(many).toContain('5 done, 12 s');
    expect(many).not.toContain('step 1');
  });
});
