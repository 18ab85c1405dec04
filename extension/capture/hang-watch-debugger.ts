/**
 * Launch configurations of type `hangscope`: the program runs in a terminal and is watched for
 * hangs. To VS Code it is a debug session without a debugger, which ends with its program.
 */
import * as vscode from "vscode";
import { UserError } from "../commands.ts";
import { requireTrust } from "../trust.ts";
import { chosenNode } from "./node-choice.ts";
import type { CaptureRecorder, Plan } from "./recorder.ts";

const type = "hangscope";

export function registerWatchDebugger(watcher: CaptureRecorder): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory(type, {
      createDebugAdapterDescriptor: (session) =>
        new vscode.DebugAdapterInlineImplementation(new WatchAdapter(session, watcher)),
    }),
    // F5 without any configuration: the file in the editor.
    vscode.debug.registerDebugConfigurationProvider(type, {
      resolveDebugConfiguration: (_folder, configuration) => {
        if (configuration.type) return configuration;
        const file = vscode.window.activeTextEditor?.document.uri;
        if (file?.scheme !== "file") return undefined;
        return { type, request: "launch", name: "Hang Capture", program: file.fsPath };
      },
    }),
  );
}

interface Request extends vscode.DebugProtocolMessage {
  readonly type: string;
  readonly seq: number;
  readonly command: string;
}

class WatchAdapter implements vscode.DebugAdapter {
  readonly #sent = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.#sent.event;
  readonly #session: vscode.DebugSession;
  readonly #watcher: CaptureRecorder;
  #ended: vscode.Disposable | undefined;
  #seq = 0;

  constructor(session: vscode.DebugSession, watcher: CaptureRecorder) {
    this.#session = session;
    this.#watcher = watcher;
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    const request = message as Request;
    if (request.type === "request") void this.#answer(request);
  }

  dispose(): void {
    this.#ended?.dispose();
    this.#sent.dispose();
  }

  async #answer({ seq, command }: Request): Promise<void> {
    const answer = (success: boolean, more: object = {}) =>
      this.#send({ type: "response", request_seq: seq, command, success, ...more });
    try {
      const body = await this.#run(command);
      answer(true, { body });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      answer(false, { message: text, body: { error: { id: 1, format: text, showUser: true } } });
    }
    if (command === "initialize") this.#send({ type: "event", event: "initialized" });
  }

  async #run(command: string): Promise<object> {
    switch (command) {
      case "initialize":
        return { supportsConfigurationDoneRequest: true, supportsTerminateRequest: true };
      case "launch":
        await this.#launch();
        return {};
      case "terminate":
      case "disconnect":
        if (this.#ended) await this.#watcher.stop();
        return {};
      case "threads":
        return { threads: [] };
      default:
        return {};
    }
  }

  async #launch(): Promise<void> {
    requireTrust();
    await this.#watcher.start(await planOf(this.#session));
    this.#ended = this.#watcher.onDidChange(() => {
      if (this.#watcher.current) return;
      this.#ended?.dispose();
      this.#ended = undefined;
      this.#send({ type: "event", event: "terminated" });
    });
  }

  #send(message: object): void {
    this.#sent.fire({ seq: ++this.#seq, ...message } as vscode.DebugProtocolMessage);
  }
}

async function planOf({ configuration, workspaceFolder }: vscode.DebugSession): Promise<Plan> {
  const folder = workspaceFolder ?? vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new UserError(vscode.l10n.t("A launch configuration needs a folder."));
  const { path } = await chosenNode();
  const { planOfLaunch } = await import("../on-demand.ts");
  return planOfLaunch(configuration, folder, path);
}
