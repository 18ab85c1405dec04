/** Hands on what comes in bunches, so that thousands of lines are not thousands of messages. */
export class Throttled<T> {
  readonly #ms: number;
  readonly #give: (items: readonly T[]) => void;
  #items: T[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, give: (items: readonly T[]) => void) {
    this.#ms = ms;
    this.#give = give;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#timer ??= setTimeout(() => this.flush(), this.#ms);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#give(items);
  }
}
