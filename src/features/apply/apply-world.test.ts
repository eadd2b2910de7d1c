import { describe, expect, it } from 'vitest';
import { refuseUnasked } from './apply-world.ts';

describe('a new machine beside one that is no longer declared', () => {
  const text = { en: 'is it the same machine?', fr: 'est-ce la même machine ?' };

  it('stops the run before anything is made, with the question and its answers', () => {
    const note = { id: 'instance:home/home-pc', code: 'maybe-renamed', text, remedy: text };
    expect(() => refuseUnasked({ notes: [note] })).toThrow(
      expect.objectContaining({
        code: 'maybe-renamed',
        problems: [expect.objectContaining({ message: text, remedy: text })],
      }),
    );
  });

  it('is no question where other things are to be said', () => {
    expect(() => refuseUnasked({ notes: [{ id: 'x', code: 'renamed', text }] })).not.toThrow();
  });
});
