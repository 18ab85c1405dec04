/** One run of a stand-in: its arguments, its scenario, and what it tells of itself. */
import { fstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isatty } from "node:tty";
import { note, variablesOfInterest } from "./call-log.ts";
import type { WholeScenario } from "./defaults.ts";
import type { Fault, FaultKind, ToolName } from "./scenario-types.ts";
import { times } from "./table.ts";

/** Names the scenario's file; the log of calls and the counters stand beside it. */
export const scenarioVariable = "HANGSCOPE_APPLE_SCENARIO";

const defaultScale = 0.02;
const holdPollMs = 20;

function readScenario(file: string): WholeScenario {
  return JSON.parse(readFileSync(file, "utf8")) as WholeScenario;
}

export class Call {
  readonly tool: ToolName;
  readonly args: readonly string[];
  readonly scenario: WholeScenario;
  /** The scenario's own. */
  readonly folder: string;
  readonly #id: string;
  #onInterrupt: (() => void) | undefined;
  #ignoresTerm = false;

  private constructor(
    tool: ToolName,
    args: readonly string[],
    scenario: WholeScenario,
    folder: string,
    id: string,
  ) {
    this.tool = tool;
    this.args = args;
    this.scenario = scenario;
    this.folder = folder;
    this.#id = id;
  }

  /** @throws when no scenario is named: the stand-in was put on PATH by hand. */
  static begin(tool: ToolName, args: readonly string[]): Call {
    const file = process.env[scenarioVariable];
    if (!file) throw new Error(`${tool} is a stand-in; ${scenarioVariable} names no scenario.`);
    const scenario = readScenario(file);
    const call = new Call(tool, args, scenario, dirname(file), `${process.pid}-${Date.now()}`);
    note(call.folder, call.#id, {
      event: "start",
      tool,
      args,
      pid: process.pid,
      cwd: process.cwd(),
      stdin: stdinKind(),
      env: variablesOfInterest(process.env),
      startedAt: Date.now(),
    });
    call.#listen();
    return call;
  }

  /** The same process as another tool, as after an `exec`. */
  become(tool: ToolName, args: readonly string[]): Call {
    note(this.folder, this.#id, { event: "becomes", tool, args });
    const next = new Call(tool, args, this.scenario, this.folder, this.#id);
    process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM").removeAllListeners("SIGHUP");
    next.#listen();
    return next;
  }

  /** From now on SIGINT calls `listener` and ends nothing. */
  onInterrupt(listener: () => void): void {
    this.#onInterrupt = listener;
  }

  /** From now on SIGTERM ends nothing. */
  ignoreTerm(): void {
    this.#ignoresTerm = true;
  }

  /** Returns when no scenario holds this call any more. */
  async released(): Promise<void> {
    const line = [this.tool, ...this.args].join(" ");
    const file = process.env[scenarioVariable]!;
    while (readScenario(file).holds.some((start) => line.startsWith(start)))
      await sleep(holdPollMs);
  }

  pause(name: keyof typeof times, share = 1): Promise<void> {
    return sleep((this.scenario.times[name] ?? times[name].is) * share * this.#scale);
  }

  get limitScale(): number {
    return this.scenario.times.limitScale ?? this.#scale;
  }

  get #scale(): number {
    return this.scenario.times.scale ?? defaultScale;
  }

  /** How often something with this name was tried, this time counted. */
  attempt(name: string): number {
    const folder = join(this.folder, "attempts");
    mkdirSync(folder, { recursive: true });
    for (let n = 1; ; n++) {
      try {
        writeFileSync(join(folder, `${encodeURIComponent(name)}.${n}`), "", { flag: "wx" });
        return n;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
    }
  }

  /** What goes wrong this time. */
  faultOf(name: string, fault: Fault | undefined): FaultKind | undefined {
    if (fault === undefined || typeof fault === "string") return fault;
    return this.attempt(name) <= fault.times ? fault.kind : undefined;
  }

  launched(pid: number): void {
    note(this.folder, this.#id, { event: "launch", pid });
  }

  /** Ends the process. */
  end(exitCode: number): never {
    note(this.folder, this.#id, { event: "end", endedAt: Date.now(), exitCode });
    process.exit(exitCode);
  }

  /** Ends the process as an unhandled signal does, once it has been delivered. */
  endBy(signal: NodeJS.Signals): Promise<never> {
    note(this.folder, this.#id, { event: "end", endedAt: Date.now(), endedBy: signal });
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    return forever();
  }

  #listen(): void {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        note(this.folder, this.#id, { event: "signal", signal });
        if (signal === "SIGINT" && this.#onInterrupt) this.#onInterrupt();
        else if (signal !== "SIGTERM" || !this.#ignoresTerm) void this.endBy(signal);
      });
    }
  }
}

function stdinKind(): "null" | "terminal" | "other" {
  if (isatty(0)) return "terminal";
  try {
    const [input, none] = [fstatSync(0), statSync("/dev/null")];
    return input.isCharacterDevice() && input.rdev === none.rdev ? "null" : "other";
  } catch {
    return "other";
  }
}

export async function forever(): Promise<never> {
  for (;;) await sleep(2 ** 30);
}
