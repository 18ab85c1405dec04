/** What the stand-ins note of themselves, one line of JSON per event, and how it is read. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ToolName } from "./scenario-types.ts";

export interface CallRecord {
  readonly id: string;
  readonly tool: ToolName;
  /** What called it in its own process: `xcrun`, or `simctl` for a spawned tool. */
  readonly through?: ToolName;
  readonly args: readonly string[];
  readonly pid: number;
  readonly cwd: string;
  /** What its standard input is. */
  readonly stdin: "null" | "terminal" | "other";
  /** Variables that Apple's tools read. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly signals: readonly NodeJS.Signals[];
  /** Programs it launched. */
  readonly launched: readonly number[];
  /** Absent while it runs, and for ever when it was killed. */
  readonly endedAt?: number;
  readonly exitCode?: number;
  readonly endedBy?: NodeJS.Signals;
}

type Event =
  | ({ readonly event: "start" } & Omit<CallRecord, "id" | "signals" | "launched">)
  | { readonly event: "becomes"; readonly tool: ToolName; readonly args: readonly string[] }
  | { readonly event: "signal"; readonly signal: NodeJS.Signals }
  | { readonly event: "launch"; readonly pid: number }
  | {
      readonly event: "end";
      readonly endedAt: number;
      readonly exitCode?: number;
      readonly endedBy?: NodeJS.Signals;
    };

const logName = "calls.jsonl";
const variables = /^(DEVELOPER_DIR|TOOLCHAINS|LANG|LC_ALL|SIMCTL_CHILD_.*)$/;

export function variablesOfInterest(env: NodeJS.ProcessEnv): Record<string, string> {
  const found = Object.entries(env).filter(([name]) => variables.test(name));
  return Object.fromEntries(found) as Record<string, string>;
}

export function note(folder: string, id: string, event: Event): void {
  appendFileSync(join(folder, logName), `${JSON.stringify({ id, ...event })}\n`);
}

/** In the order of their starts. */
export function readCalls(folder: string): CallRecord[] {
  const calls = new Map<string, CallRecord>();
  for (const line of linesOf(join(folder, logName))) {
    const { id, event, ...rest } = JSON.parse(line) as { id: string; event: Event["event"] };
    if (event === "start") {
      calls.set(id, { ...(rest as CallRecord), id, signals: [], launched: [] });
      continue;
    }
    const call = calls.get(id);
    if (call) calls.set(id, after(call, { event, ...rest } as Event));
  }
  return [...calls.values()];
}

function after(call: CallRecord, event: Event): CallRecord {
  switch (event.event) {
    case "becomes":
      return { ...call, tool: event.tool, args: event.args, through: call.tool };
    case "signal":
      return { ...call, signals: [...call.signals, event.signal] };
    case "launch":
      return { ...call, launched: [...call.launched, event.pid] };
    case "end": {
      const { event: _, ...end } = event;
      return { ...call, ...end };
    }
    case "start":
      return call;
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n").slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
