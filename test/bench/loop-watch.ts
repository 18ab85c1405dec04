/** How long an event loop stands still: what is late of a timer that should fire every millisecond. */
const everyMs = 1;

export class LoopWatch {
  #last = performance.now();
  #longest = 0;
  readonly #timer = setInterval(() => this.#look(), everyMs);

  #look(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - everyMs);
    this.#last = now;
  }

  /** The longest stall, in milliseconds, with the one that may be just over. */
  async stop(): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, everyMs));
    this.#look();
    clearInterval(this.#timer);
    return this.#longest;
  }
}
