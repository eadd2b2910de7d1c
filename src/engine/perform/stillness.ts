/**
 * Lets machines start side by side and bridges be changed side by side, but never both at once for who asks.
 * The daemon looks at every card of the host when it changes a bridge, one program each, and gives up when one of
 * them went meanwhile, as half the pair of a starting machine does. With a hundred machines every try would fail.
 */
export class Stillness {
  #starting = 0;
  #asked = 0;
  #wake: (() => void)[] = [];

  /** Work that makes cards come and go. Begins when nobody needs stillness. */
  async moving<T>(work: () => Promise<T>): Promise<T> {
    while (this.#asked > 0) await this.#change();
    this.#starting += 1;
    try {
      return await work();
    } finally {
      this.#starting -= 1;
      this.#tell();
    }
  }

  /** Work that needs stillness. Begins when the moving work under way has ended; no other begins before its end. */
  async still<T>(work: () => Promise<T>): Promise<T> {
    this.#asked += 1;
    try {
      while (this.#starting > 0) await this.#change();
      return await work();
    } finally {
      this.#asked -= 1;
      this.#tell();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
