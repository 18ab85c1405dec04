/**
 * Every preparation that this window asks for, from a command, the view or a task: what it says
 * goes to the log and to Problems, and what became of it is remembered for the view.
 */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { type Place, placeKey } from "../../src/runner/choices.ts";
import type { PrepareResult } from "../../src/runner/prepare-result.ts";
import { readyText } from "../../src/runner/ready-text.ts";
import type { Attempt } from "../../src/runner/rows.ts";
import type { RunnerEvent } from "../../src/runner/runner-events.ts";
import type { TaskOptions } from "../../src/toolchain/progress.ts";
import type { ToolInput } from "../../src/tools/index.ts";
import type { ServerConnection } from "../app.ts";
import { isCancellation } from "../commands.ts";
import type { RunnerLog } from "./runner-log.ts";
import { RunnerProblems } from "./runner-problems.ts";
import { prepareSettings } from "./settings.ts";

export type PrepareRequest = ToolInput<"runner.prepare">;

export interface PrepareTask extends TaskOptions {
  /** Of the compiler, as they come. */
  readonly onLines?: (lines: readonly string[]) => void;
}

interface Run {
  readonly id: string;
  readonly key: string;
  readonly project: string;
  readonly onLines: NonNullable<PrepareTask["onLines"]>;
}

/** Lines may come after the answer. */
const rememberedIds = 20;

export class RunnerPreparations implements vscode.Disposable {
  readonly #server: Pick<ServerConnection, "call" | "onDidTellOfRunner">;
  /** Of the runner that comes along. */
  readonly #ownProject: string;
  readonly #log: Pick<RunnerLog, "say" | "lines">;
  readonly #problems = new RunnerProblems();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #attempts = new Map<string, Attempt>();
  readonly #runs = new Map<string, Run>();
  readonly #ids: string[] = [];
  readonly #listener: vscode.Disposable;

  constructor(
    server: Pick<ServerConnection, "call" | "onDidTellOfRunner">,
    context: Pick<vscode.ExtensionContext, "asAbsolutePath">,
    log: Pick<RunnerLog, "say" | "lines">,
  ) {
    this.#server = server;
    this.#ownProject = context.asAbsolutePath("runner/HangscopeRunner.xcodeproj");
    this.#log = log;
    this.#listener = server.onDidTellOfRunner((event) => this.#hear(event));
  }

  /** What became of the last one, by `placeKey`. */
  get attempts(): ReadonlyMap<string, Attempt> {
    return this.#attempts;
  }

  /** The settings hold for what is not asked. @throws what the call throws; cancellation, too. */
  async run(
    asked: PrepareRequest,
    { onLines = () => {}, ...task }: PrepareTask,
  ): Promise<PrepareResult> {
    const input = { ...prepareSettings(), ...asked, prepareId: randomUUID() };
    const place = placeOf(input);
    const { project = this.#ownProject } = input;
    const run: Run = { id: input.prepareId, key: placeKey(place), project, onLines };
    this.#begin(run);
    try {
      const result = await this.#server.call("runner.prepare", input, task);
      this.#runs.delete(run.id);
      this.#end(run, result);
      return result;
    } catch (error) {
      this.#runs.delete(run.id);
      this.#fail(run, error);
      throw error;
    }
  }

  dispose(): void {
    this.#listener.dispose();
    this.#problems.dispose();
    this.#changed.dispose();
  }

  /** What earlier builds said is said no more; those under way go on saying it. */
  #begin(run: Run): void {
    const underWay = new Set([...this.#runs.values()].map(({ key }) => key));
    this.#problems.keep(underWay);
    this.#runs.set(run.id, run);
    this.#ids.push(run.id);
    if (this.#ids.length > rememberedIds) this.#ids.shift();
    this.#log.say(vscode.l10n.t("Preparing a runner ({0})", run.key.replace(/\/$/, "")));
    this.#note(run.key, { kind: "preparing", phase: undefined });
  }

  #end({ key, project }: Run, result: PrepareResult): void {
    this.#problems.set(key, { project, diagnostics: result.diagnostics });
    for (const warning of result.warnings) this.#log.say(warning);
    if (result.ok) {
      this.#log.say(readyText(result));
      const { platform, device } = result.runner;
      // Which device it was, is known now.
      this.#attempts.delete(key);
      this.#note(`${platform}/${device}`, { kind: "prepared", result });
      return;
    }
    const { phase, message, output } = result.failure;
    // Of a build all lines stand above.
    if (phase !== "build" && output !== undefined) this.#log.lines(output.split("\n"));
    this.#log.say(message);
    this.#note(key, { kind: "failed", reason: message });
  }

  #fail({ key }: Run, error: unknown): void {
    const goesOn = [...this.#runs.values()].some((other) => other.key === key);
    // Another one that joined still has something to say.
    if (goesOn) return;
    this.#problems.clear(key);
    const reason = error instanceof Error ? error.message : String(error);
    if (isCancellation(error)) {
      this.#log.say(vscode.l10n.t("Cancelled."));
      this.#attempts.delete(key);
      this.#changed.fire();
      return;
    }
    this.#log.say(reason);
    this.#note(key, { kind: "failed", reason });
  }

  #hear(event: RunnerEvent): void {
    const run = this.#runs.get(event.prepareId);
    if (event.kind === "runner-lines") {
      if (this.#isLogged(event.prepareId, run)) this.#log.lines(event.lines);
      run?.onLines(event.lines);
      return;
    }
    if (!run) return;
    if (event.kind === "runner-diagnostics") {
      this.#problems.set(run.key, { project: run.project, diagnostics: event.diagnostics });
      return;
    }
    const known = this.#attempts.get(run.key);
    if (known?.kind === "preparing" && known.phase === event.phase) return;
    this.#note(run.key, { kind: "preparing", phase: event.phase });
  }

  /** Those that joined one of this window hear the same lines. */
  #isLogged(id: string, run: Run | undefined): boolean {
    if (!run) return this.#ids.includes(id);
    return [...this.#runs.values()].find(({ key }) => key === run.key) === run;
  }

  #note(key: string, attempt: Attempt): void {
    this.#attempts.set(key, attempt);
    this.#changed.fire();
  }
}

function placeOf({ platform, device = "" }: PrepareRequest): Place {
  return { platform, device };
}
