/**
 * Counts the time in which somebody looked: when the machine slept, or this process was held up,
 * the program may have been so too, and what passed meanwhile says nothing of it.
 */
export class ObservedClock {
  readonly #longestMs: number;
  readonly #source: () => number;
  #last: number;
  #observed = 0;

  /**
   * @param longestMs that counts between two looks
   * @param source milliseconds that never go back
   */
  constructor(longestMs: number, source: () => number = () => performance.now()) {
    this.#longestMs = longestMs;
    this.#source = source;
    this.#last = source();
  }

  /** Milliseconds. Asking is looking. */
  now(): number {
    const now = this.#source();
    this.#observed += Math.min(now - this.#last, this.#longestMs);
    this.#last = now;
    return this.#observed;
  }
}
