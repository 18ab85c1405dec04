/** Puts queries to the host and matches the answers that come back. */
import { decodeColumns } from "../../src/profile/columns.ts";
import type { AnswerTo, QueryInput, QueryKind } from "../../src/profile/query.ts";
import type { FromView, ToView } from "../protocol.ts";

export type QueryInputOf<K extends QueryKind> = Extract<QueryInput, { kind: K }>;

/** Where the outcome of one query goes: exactly one of these is called, once, unless cancelled. */
export interface Listener<A> {
  answered(answer: A): void;
  /** One sentence. */
  failed(message: string): void;
}

export class QueryClient {
  readonly #post: (message: FromView) => void;
  readonly #waiting = new Map<number, Listener<never>>();
  #lastId = 0;

  constructor(post: (message: FromView) => void) {
    this.#post = post;
  }

  /** @returns cancels: nothing is called afterwards, and the host need not answer. */
  ask<K extends QueryKind>(query: QueryInputOf<K>, listener: Listener<AnswerTo<K>>): () => void {
    const id = ++this.#lastId;
    this.#waiting.set(id, listener);
    this.#post({ kind: "query", id, query });
    return () => {
      if (this.#waiting.delete(id)) this.#post({ kind: "cancel-query", id });
    };
  }

  receive(message: ToView): void {
    if (message.kind !== "answer" && message.kind !== "query-failed") return;
    const listener = this.#waiting.get(message.id);
    if (!listener) return;
    this.#waiting.delete(message.id);
    if (message.kind === "query-failed") {
      listener.failed(message.message);
      return;
    }
    let answer: unknown;
    try {
      answer = decodeColumns(message.data);
    } catch (error) {
      listener.failed(`The answer could not be read: ${(error as Error).message}`);
      return;
    }
    listener.answered(answer as never);
  }
}
