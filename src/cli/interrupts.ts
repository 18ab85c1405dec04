/** Ctrl-C and its kin: the first one cancels what is under way, the second one ends us. */
import { Cancelled, exitCodeOf } from "./failure.ts";

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Take = (name: NodeJS.Signals) => void;

export class Interrupts {
  readonly #cancel = new AbortController();
  #take: Take = (name) => {
    if (this.#cancel.signal.aborted) process.exit(exitCodeOf(new Cancelled(name)));
    this.#cancel.abort(new Cancelled(name));
  };

  constructor() {
    for (const name of names) process.on(name, () => this.#take(name));
  }

  /** Aborted with `Cancelled`. */
  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  /** Until `work` is done, interrupts cancel nothing: `take` has them. */
  async divert<T>(take: Take, work: PromiseLike<T>): Promise<T> {
    const before = this.#take;
    this.#take = take;
    try {
      return await work;
    } finally {
      this.#take = before;
    }
  }
}
