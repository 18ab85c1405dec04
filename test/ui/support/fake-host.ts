/** Answers the view as VS Code's host does, from a profile in memory. */
import { encodeColumns } from "../../../src/profile/columns.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { type Query, querySchema } from "../../../src/profile/query.ts";
import { ProfileViews } from "../../../src/profile/views/profile-views.ts";
import type { FromView, ToView } from "../../../webview/protocol.ts";

export class FakeHost {
  /** Everything the view said, in its order. */
  readonly heard: FromView[] = [];
  readonly #views: ProfileViews | undefined;
  readonly #profile: Profile | undefined;
  readonly #send: (message: ToView) => Promise<void>;
  /** Set to refuse queries with this sentence. */
  refusal: string | undefined;
  /** Set to leave queries without an answer. */
  isSilent = false;

  /** @param profile absent: the profile stays in opening until the test says otherwise */
  constructor(profile: Profile | undefined, send: (message: ToView) => Promise<void>) {
    this.#profile = profile;
    this.#views = profile && new ProfileViews(profile);
    this.#send = send;
  }

  heardOf<K extends FromView["kind"]>(kind: K): Extract<FromView, { kind: K }>[] {
    return this.heard.filter(
      (message): message is Extract<FromView, { kind: K }> => message.kind === kind,
    );
  }

  queries<K extends Query["kind"]>(kind: K): Extract<Query, { kind: K }>[] {
    return this.heardOf("query")
      .map(({ query }) => querySchema.parse(query))
      .filter((query): query is Extract<Query, { kind: K }> => query.kind === kind);
  }

  async receive(message: FromView): Promise<void> {
    this.heard.push(message);
    if (message.kind === "ready" && this.#profile) {
      await this.#send({ kind: "opened", title: this.#profile.meta.title });
    }
    if (message.kind === "query" && !this.isSilent) {
      await this.#send(this.#answer(message.id, message.query));
    }
  }

  #answer(id: number, query: unknown): ToView {
    try {
      if (this.refusal !== undefined) throw new Error(this.refusal);
      if (!this.#views) throw new Error("No profile is open.");
      const data = encodeColumns(this.#views.answer(querySchema.parse(query)));
      return { kind: "answer", id, data };
    } catch (error) {
      return { kind: "query-failed", id, message: (error as Error).message };
    }
  }
}
