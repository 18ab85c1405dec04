/** Progress as MCP wants it: a number that rises with every message, whatever the stages do. */
import type { Progress } from "../toolchain/progress.ts";

export interface RisingStep {
  readonly progress: number;
  readonly total?: number;
  readonly message: string;
}

export class RisingProgress {
  #previous: Progress | undefined;
  #last = -1;
  /** What the stages before have come to. */
  #base = 0;

  /** `undefined` when it says nothing new. */
  next(step: Progress): RisingStep | undefined {
    const { message, done = 0, total } = step;
    const { message: lastMessage, done: lastDone = 0 } = this.#previous ?? {};
    if (message === lastMessage && done === lastDone) return undefined;
    this.#previous = step;
    if (this.#base + done <= this.#last) this.#base = this.#last + 1 - done;
    this.#last = this.#base + done;
    return {
      progress: this.#last,
      ...(total !== undefined && { total: this.#base + total }),
      message,
    };
  }
}
