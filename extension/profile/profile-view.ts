/** One view on screen: carries messages between its page and the profile. */
import * as vscode from "vscode";
import type { Progress } from "../../src/toolchain/progress.ts";
import type { FromView, SourcePosition, ToView } from "../../webview/protocol.ts";
import { isCancellation } from "../commands.ts";
import type { OpenedProfile } from "./opened-profile.ts";

export interface ProfileViewOptions {
  readonly log: vscode.LogOutputChannel;
  /** Opens a source; `besides` is the column to keep free, if any. */
  readonly goToSource: (
    position: SourcePosition,
    besides: vscode.ViewColumn | undefined,
  ) => Promise<void>;
}

/** `loading` until the page says it is ready, `waiting` until the profile is read. */
type PageState = "loading" | "waiting" | "showing" | "failed";

/** What is to be seen in a view: a function, or one of its panes. */
export type Wish = Extract<ToView, { kind: "reveal" | "show" }>;

export class ProfileView implements vscode.Disposable {
  readonly profile: OpenedProfile;
  readonly #panel: vscode.WebviewPanel;
  readonly #options: ProfileViewOptions;
  readonly #queries = new Map<number, AbortController>();
  readonly #subscriptions: vscode.Disposable[];
  #page: PageState = "loading";
  /** To be said once there is something to show. */
  readonly #toSay = new Map<Wish["kind"], Wish>();

  constructor(panel: vscode.WebviewPanel, profile: OpenedProfile, options: ProfileViewOptions) {
    this.profile = profile;
    this.#panel = panel;
    this.#options = options;
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: FromView) => this.#receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#pageGone();
      }),
      profile.onDidProgress((progress) => {
        if (this.#page === "waiting") this.#post(this.#opening(progress));
      }),
      profile.onDidName(() => {
        if (this.#page === "showing") this.#post({ kind: "updated" });
      }),
      profile.onDidReload(() => {
        if (this.#page === "showing") this.#show();
      }),
      // In a folder without trust no server may run, so nothing could be read.
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        if (this.#page === "failed") void this.#open();
      }),
    ];
  }

  get isVisible(): boolean {
    return this.#panel.visible;
  }

  /** Brings the view to the front. */
  focus(): void {
    // Without its column VS Code would open it once more in the active one.
    this.#panel.reveal(this.#panel.viewColumn);
  }

  /** Brings the view to the front and shows what is meant, once it has something to show. */
  show(wish: Wish): void {
    this.#toSay.set(wish.kind, wish);
    this.focus();
    if (this.#page === "showing") this.#sayWishes();
  }

  switchView(): void {
    if (this.#page === "showing") this.#post({ kind: "show", view: "next" });
  }

  dispose(): void {
    this.#pageGone();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #receive(message: FromView): void {
    switch (message.kind) {
      case "ready":
        void this.#open();
        return;
      case "cancel-opening":
        this.profile.cancelOpening();
        return;
      case "query":
        void this.#answer(message);
        return;
      case "cancel-query":
        this.#queries.get(message.id)?.abort();
        return;
      case "go-to-source": {
        const besides = message.beside ? this.#panel.viewColumn : undefined;
        void this.#options.goToSource(message.position, besides);
        return;
      }
      case "painted":
        this.#options.log.debug(
          `${this.profile.title}: painted after ${Math.round(message.at)} ms`,
        );
    }
  }

  async #open(): Promise<void> {
    this.#pageGone();
    this.#page = "waiting";
    try {
      if (!this.profile.isOpen) this.#post(this.#opening());
      await this.profile.open();
      if (this.#page === "waiting") this.#show();
    } catch (error) {
      this.#options.log.warn(`${this.profile.uri.toString(true)}: ${describe(error)}`);
      const message = isCancellation(error)
        ? vscode.l10n.t("Reading {0} was cancelled.", this.profile.title)
        : describe(error);
      if (this.#page !== "waiting") return;
      this.#page = "failed";
      this.#post({ kind: "failed", message });
    }
  }

  async #answer({ id, query }: Extract<FromView, { kind: "query" }>): Promise<void> {
    const abort = new AbortController();
    this.#queries.set(id, abort);
    try {
      const data = await this.profile.queryEncoded(query, abort.signal);
      if (!abort.signal.aborted) this.#post({ kind: "answer", id, data });
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#options.log.warn(`${this.profile.title}: ${query.kind}: ${describe(error)}`);
      this.#post({ kind: "query-failed", id, message: describe(error) });
    } finally {
      if (this.#queries.get(id) === abort) this.#queries.delete(id);
    }
  }

  #show(): void {
    this.#page = "showing";
    this.#post({ kind: "opened", title: this.profile.title });
    this.#sayWishes();
  }

  #sayWishes(): void {
    for (const wish of this.#toSay.values()) this.#post(wish);
    this.#toSay.clear();
  }

  #opening(progress?: Progress): ToView {
    const { done, total } = progress ?? {};
    return {
      kind: "opening",
      title: this.profile.title,
      message: progress?.message ?? vscode.l10n.t("Reading {0}", this.profile.title),
      ...(done !== undefined && total ? { share: Math.min(1, done / total) } : {}),
    };
  }

  /** A hidden page is thrown away by VS Code; what it asked is of no use to its successor. */
  #pageGone(): void {
    this.#page = "loading";
    for (const abort of this.#queries.values()) abort.abort();
    this.#queries.clear();
  }

  #post(message: ToView): void {
    void this.#panel.webview.postMessage(message);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
