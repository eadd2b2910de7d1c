import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Stillness } from './stillness.ts';

/** Works that say when they begin and end when told to. */
class Stage {
  readonly begun: string[] = [];
  readonly #ends = new Map<string, () => void>();

  work(name: string): () => Promise<void> {
    return () => {
      this.begun.push(name);
      return new Promise((resolve) => this.#ends.set(name, resolve));
    };
  }

  async end(name: string): Promise<void> {
    this.#ends.get(name)?.();
    await turn();
  }
}

describe('stillness', () => {
  it('begins when what moves has ended, and nothing moves before its end', async () => {
    const [stillness, stage] = [new Stillness(), new Stage()];
    const all = [
      stillness.moving(stage.work('one')),
      stillness.moving(stage.work('two')),
      stillness.still(stage.work('bridge')),
      stillness.moving(stage.work('three')),
    ];
    await turn();
    expect(stage.begun).toEqual(['one', 'two']);
    await stage.end('one');
    expect(stage.begun).toEqual(['one', 'two']);
    await stage.end('two');
    expect(stage.begun).toEqual(['one', 'two', 'bridge']);
    await stage.end('bridge');
    expect(stage.begun).toEqual(['one', 'two', 'bridge', 'three']);
    await stage.end('three');
    await Promise.all(all);
  });

  it('is shared by all who need it', async () => {
    const [stillness, stage] = [new Stillness(), new Stage()];
    const all = ['a', 'b'].map((name) => stillness.still(stage.work(name)));
    await turn();
    expect(stage.begun).toEqual(['a', 'b']);
    await stage.end('a');
    await stage.end('b');
    await Promise.all(all);
  });

  it('ends with a failure too, on both sides', async () => {
    const stillness = new Stillness();
    const fails = () => Promise.reject(new Error('no'));
    await expect(stillness.moving(fails)).rejects.toThrow('no');
    await expect(stillness.still(fails)).rejects.toThrow('no');
    await expect(stillness.still(async () => 1)).resolves.toBe(1);
    await expect(stillness.moving(async () => 2)).resolves.toBe(2);
  });

  it('is asked for again within itself', async () => {
    const stillness = new Stillness();
    await expect(stillness.still(() => stillness.still(async () => 1))).resolves.toBe(1);
  });
});
