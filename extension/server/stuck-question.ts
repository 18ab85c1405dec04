/** Asks the user about a server that is stuck: wait for it, or restart it. Nothing else ends it. */
import * as vscode from "vscode";
import type { ServerConnection, ServerState } from "../app.ts";
import { calm, isStuck, look, type Patience, wait } from "./patience.ts";
import { patienceMs } from "./settings.ts";
import { describeState } from "./state-text.ts";

type Server = Pick<ServerConnection, "state" | "onDidChangeState" | "keepWaiting">;

export class StuckQuestion implements vscode.Disposable {
  readonly #server: Server;
  readonly #restart: () => Promise<unknown>;
  readonly #listener: vscode.Disposable;
  #patience = calm;
  /** Of the question that stands, so that the answer to an older one is known as such. */
  #asked = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param restart tells its failures itself */
  constructor(server: Server, restart: () => Promise<unknown>) {
    this.#server = server;
    this.#restart = restart;
    this.#listener = server.onDidChangeState(() => this.#look());
    this.#look();
  }

  dispose(): void {
    this.#listener.dispose();
    clearTimeout(this.#timer);
  }

  #look(): void {
    const before = this.#patience;
    this.#follow(look(before, this.#server.state, performance.now()));
    if (this.#patience.kind === "asked" && before.kind !== "asked") void this.#ask();
  }

  /** A state that stays the same is not told again: the end of a wait has to be watched. */
  #follow(patience: Patience): void {
    this.#patience = patience;
    clearTimeout(this.#timer);
    if (patience.kind !== "waiting") return;
    const leftMs = Math.max(0, patience.until - performance.now());
    this.#timer = setTimeout(() => this.#look(), leftMs);
  }

  async #ask(): Promise<void> {
    const question = ++this.#asked;
    const [waiting, restart] = [vscode.l10n.t("Wait"), vscode.l10n.t("Restart")];
    const answer = await vscode.window.showWarningMessage(
      describe(this.#server.state),
      waiting,
      restart,
    );
    if (answer === restart) {
      // The question may have been left standing for long.
      if (isStuck(this.#server.state)) await this.#restart();
      else {
        void vscode.window.showInformationMessage(
          vscode.l10n.t("The server was not restarted: it is not stuck any more."),
        );
        return;
      }
    }
    // A question that is closed is no wish to end anything.
    if (question !== this.#asked || !isStuck(this.#server.state)) return;
    this.#follow(wait(this.#patience, performance.now(), patienceMs()));
    this.#server.keepWaiting();
  }
}

function describe(state: ServerState): string {
  return state.kind === "busy"
    ? vscode.l10n.t("Hangscope: {0} and tells of no progress.", describeState(state))
    : vscode.l10n.t("Hangscope: {0}. It may be stopped in a debugger.", describeState(state));
}
