/** How long a daemon that went away may take to come back; after a kill it needs about two seconds. */
const PATIENCE_SECONDS = 60;

/**
 * One patience for a whole run whose daemon went away, however many entries wait for it: the run ends once it is used
 * up, and is not tried again from the start by each entry that comes after.
 */
export class Outage {
  readonly #milliseconds: number;
  #since: number | undefined;
  #isGivenUp = false;

  constructor(seconds = PATIENCE_SECONDS) {
    this.#milliseconds = seconds * 1000;
  }

  /** Nobody waits for the daemon any more. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** To be called when the daemon has not answered; whether to give it up. */
  isTooLong(): boolean {
    this.#since ??= performance.now();
    this.#isGivenUp ||= performance.now() - this.#since > this.#milliseconds;
    return this.#isGivenUp;
  }

  /** It has answered. */
  end(): void {
    this.#since = undefined;
  }
}
