/** What the server says by itself, to whoever listens. */
import type { ServerEvent } from "./protocol.ts";

export class Events {
  readonly #listeners = new Set<(event: ServerEvent) => void>();

  get listening(): number {
    return this.#listeners.size;
  }

  say(event: ServerEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** Gives what ends the subscription. */
  listen(listener: (event: ServerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
