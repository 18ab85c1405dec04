/** The workspace's tool-server as the extension sees it: started on first use, never before. */
import * as vscode from "vscode";
import type { TaskOptions } from "../../src/toolchain/progress.ts";
import type { ToolInput, ToolName, ToolOutput } from "../../src/tools/index.ts";
import type { ServerConnection, ServerState } from "../app.ts";
import { UserError } from "../commands.ts";

export class WorkspaceServer implements ServerConnection {
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  readonly #profileUpdated = new vscode.EventEmitter<string>();
  readonly onDidChangeState = this.#stateChanged.event;
  readonly onDidUpdateProfile = this.#profileUpdated.event;
  #state: ServerState = { kind: "stopped" };

  get state(): ServerState {
    return this.#state;
  }

  async call<N extends ToolName>(
    _name: N,
    _input: ToolInput<N>,
    _task?: TaskOptions,
  ): Promise<ToolOutput<N>> {
    throw new UserError("The server is not built yet.");
  }

  async restart(): Promise<void> {}

  async showLog(): Promise<void> {}

  dispose(): void {
    this.#stateChanged.dispose();
    this.#profileUpdated.dispose();
  }
}
