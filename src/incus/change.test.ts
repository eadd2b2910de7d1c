import { describe, expect, it } from 'vitest';
import { readAndWrite } from './change.ts';
import { refused } from './errors.ts';

const doing = { en: 'change it', fr: 'le modifier' };

/** An object that others change `meddling` times, each just before our write. */
function contested(meddling: number) {
  const state = { value: 0, etag: 0, reads: 0 };
  return {
    state,
    read: async () => {
      state.reads += 1;
      return { value: state.value, etag: String(state.etag) };
    },
    write: async (value: number, etag: string) => {
      if (state.reads <= meddling) state.etag += 1;
      if (etag !== String(state.etag)) throw refused(doing, 412, "ETag doesn't match");
      state.value = value;
    },
  };
}

describe('readAndWrite', () => {
  it('decides again on what is there now when somebody wrote in between', async () => {
    const { state, read, write } = contested(1);
    await readAndWrite(read, (value) => value + 1, write);
    expect(state).toMatchObject({ value: 1, reads: 2 });
  });

  it('gives up after the second refusal', async () => {
    const { state, read, write } = contested(2);
    const attempt = readAndWrite(read, (value) => value + 1, write);
    await expect(attempt).rejects.toMatchObject({ kind: 'etag-mismatch' });
    expect(state.value).toBe(0);
  });

  it('writes nothing where nothing is to do', async () => {
    const { read } = contested(0);
    await readAndWrite(
      read,
      () => undefined,
      async () => {
        throw new Error('written');
      },
    );
  });
});
