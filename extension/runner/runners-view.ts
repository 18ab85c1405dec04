/** The view of runners: asks when it is looked at, and again when something has changed. */
import * as vscode from "vscode";
import { destinationRows, entryRows } from "../../src/runner/rows.ts";
import type { ServerConnection, ServerState } from "../app.ts";
import { type Taken, takeInventory } from "./inventory.ts";
import { lastPlace } from "./pick-destination.ts";
import type { RunnerPreparations } from "./preparations.ts";
import { type Row, type SectionRow, treeItem } from "./runners-tree.ts";
import { prepareSettings } from "./settings.ts";

/** After these, runners and the cache are not what they were. */
const changing: ReadonlySet<string> = new Set(["runner.prepare", "runner.stop"]);

interface Options {
  readonly server: Pick<ServerConnection, "call" | "state" | "onDidChangeState">;
  readonly preparations: RunnerPreparations;
  readonly memory: vscode.Memento;
  /** Of what fails where nobody waits. */
  readonly log: Pick<vscode.LogOutputChannel, "debug">;
}

export class RunnersView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #server: Options["server"];
  readonly #preparations: RunnerPreparations;
  readonly #memory: vscode.Memento;
  readonly #log: Options["log"];
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<Row>;
  readonly #subscriptions: vscode.Disposable;
  #taken: Promise<Taken> | undefined;
  /** What a preparation asks first has been asked since the view was opened. */
  #isWarm = false;
  /** Of the server that may change what is shown, by their id. */
  #jobs: ReadonlySet<string> = new Set();

  constructor({ server, preparations, memory, log }: Options) {
    this.#server = server;
    this.#preparations = preparations;
    this.#memory = memory;
    this.#log = log;
    this.#view = vscode.window.createTreeView("hangscope.runners", { treeDataProvider: this });
    this.#subscriptions = vscode.Disposable.from(
      this.#view,
      this.#changed,
      this.#view.onDidChangeVisibility(({ visible }) => this.#turn(visible)),
      preparations.onDidChange(() => this.#changed.fire()),
      server.onDidChangeState((state) => this.#follow(state)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.refresh()),
      vscode.workspace.onDidChangeConfiguration(
        (change) => change.affectsConfiguration("hangscope.runner") && this.#again(),
      ),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.#lookAgain()),
    );
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  /** Everything is asked anew, as soon as somebody looks. */
  refresh(): void {
    this.#taken = undefined;
    this.#changed.fire();
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return treeItem(row);
  }

  async getChildren(row?: Row): Promise<Row[]> {
    if (row) return row.kind === "section" ? [...row.rows] : [];
    this.#taken ??= this.#ask(undefined);
    const taken = await this.#taken;
    // A window may open with the view in it, which nothing tells of then.
    if (!this.#isWarm) void this.#prewarm(taken);
    this.#isWarm = true;
    const destinations = destinationRows(taken, this.#preparations.attempts);
    const entries = entryRows(taken);
    const sections: SectionRow[] = [
      { kind: "section", id: "destinations", rows: destinations },
      { kind: "section", id: "cache", rows: entries },
    ];
    return sections.filter(({ rows }) => rows.length > 0);
  }

  async #ask(known: Taken["choices"] | undefined): Promise<Taken> {
    const taken = await takeInventory(this.#server, known);
    this.#view.message = taken.warnings.join("\n");
    await vscode.commands.executeCommand(
      "setContext",
      "hangscope.withoutXcode",
      taken.withoutXcode,
    );
    return taken;
  }

  /** Runners and the cache; the devices stay those that they were. */
  #again(): void {
    const before = this.#taken;
    if (!before) return;
    if (!this.#view.visible) {
      this.#taken = undefined;
      return;
    }
    this.#taken = before.then(({ choices }) => this.#ask(choices.length > 0 ? choices : undefined));
    this.#changed.fire();
  }

  /** For what other windows do. A server that has left is not called back for this. */
  #lookAgain(): void {
    if (this.#server.state.kind === "ready") this.#again();
  }

  #turn(visible: boolean): void {
    this.#isWarm = false;
    if (visible) this.refresh();
  }

  /** What is likely to be asked for next. Nobody hears of what goes wrong here. */
  async #prewarm({ choices, withoutXcode }: Taken): Promise<void> {
    const place = lastPlace(this.#memory) ?? choices[0];
    if (!place || withoutXcode || !vscode.workspace.isTrusted) return;
    const { platform, device } = place;
    const input = { ...prepareSettings(), platform, ...(device !== "" && { device }) };
    try {
      await this.#server.call("runner.prewarm", input);
    } catch (error) {
      this.#log.debug(`prewarm: ${error}`);
    }
  }

  /** A job of whichever window, terminal or agent has ended. */
  #follow(state: ServerState): void {
    if (!("jobs" in state)) return;
    const before = this.#jobs;
    this.#jobs = new Set(state.jobs.filter(({ tool }) => changing.has(tool)).map(({ id }) => id));
    if ([...before].some((id) => !this.#jobs.has(id))) this.#again();
  }
}
