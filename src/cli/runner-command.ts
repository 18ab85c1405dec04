/** `hangscope runner prepare|prewarm|run|status|stop`: faces of the server's tools. */
import { resolve } from "node:path";
import { diagnosticLine } from "../runner/diagnostics/diagnostic-line.ts";
import type { PrepareResult } from "../runner/prepare-result.ts";
import { readyText } from "../runner/ready-text.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput, ToolOutput } from "../tools/index.ts";
import { CliError, exitCodes } from "./failure.ts";
import type { ProgressBar } from "./progress-bar.ts";
import type { PrepareFlags, RunFlags, StatusFlags, WhichFlags } from "./runner-program.ts";
import { ensure } from "./server-command.ts";

function connect(workspace: string, { signal }: TaskOptions) {
  return ensure(resolve(workspace), signal ?? new AbortController().signal, "autospawn");
}

/** 0 only for a runner that answers: a build's gate. */
export async function runnerPrepare(
  flags: PrepareFlags,
  bar: ProgressBar,
  task: TaskOptions,
): Promise<number> {
  const client = await connect(flags.workspace, task);
  const result: PrepareResult = await client.call("runner.prepare", inputOf(flags), task);
  bar.clear();
  if (flags.json) console.log(JSON.stringify(result));
  else sayPrepared(result);
  return result.ok ? exitCodes.ok : exitCodes.failed;
}

export async function runnerPrewarm(flags: PrepareFlags, task: TaskOptions): Promise<number> {
  const client = await connect(flags.workspace, task);
  const answer = await client.call("runner.prewarm", inputOf(flags), task);
  const { warmed, skipped } = answer;
  if (flags.json) console.log(JSON.stringify(answer));
  else console.log([`Warmed: ${warmed.join(", ") || "nothing"}.`, skipped ?? ""].join(" ").trim());
  return exitCodes.ok;
}

function inputOf(flags: PrepareFlags): ToolInput<"runner.prepare"> {
  const { platform, device, project, scheme, test, setting, source, cacheDir, maxCache } = flags;
  return {
    platform,
    settings: setting,
    sources: source.map((folder) => resolve(folder)),
    clean: flags.clean ?? false,
    verify: flags.verify ?? false,
    timeoutMs: flags.timeout,
    ...(device !== undefined && { device }),
    ...(project !== undefined && { project: resolve(project) }),
    ...(scheme !== undefined && { scheme }),
    ...(test !== undefined && { test }),
    ...(cacheDir !== undefined && { cacheDir: resolve(cacheDir) }),
    ...(maxCache !== undefined && { maxCacheBytes: maxCache }),
  };
}

function sayPrepared(result: PrepareResult): void {
  for (const diagnostic of result.diagnostics) console.error(diagnosticLine(diagnostic));
  for (const warning of result.warnings) console.error(`Warning: ${warning}`);
  if (result.ok) {
    console.log(readyText(result));
    return;
  }
  const { phase, message, output } = result.failure;
  const isSaid = result.diagnostics.some(({ severity }) => severity === "error");
  if (output !== undefined && !isSaid) console.error(output);
  console.error(`hangscope: ${message} (in: ${phase})`);
}

export async function runnerRun(
  name: string,
  text: string,
  flags: RunFlags,
  bar: ProgressBar,
  task: TaskOptions,
): Promise<number> {
  const client = await connect(flags.workspace, task);
  const { id, timeout: timeoutMs, readOnly, json } = flags;
  const answer = await client.call(
    "runner.run",
    {
      ...whichOf(flags),
      name,
      arguments: parseArguments(text),
      mutating: !readOnly,
      timeoutMs,
      ...(id !== undefined && { id }),
    },
    task,
  );
  bar.clear();
  if (json) console.log(JSON.stringify(answer));
  else if (answer.ok) console.log(JSON.stringify(answer.result ?? null));
  else console.error(`hangscope: ${answer.error?.message ?? "The command failed."}`);
  return answer.ok ? exitCodes.ok : exitCodes.failed;
}

function parseArguments(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch {
    // Said below.
  }
  throw new CliError(`Arguments have to be a JSON object, not ${text}.`, exitCodes.usage);
}

export async function runnerStatus(flags: StatusFlags, task: TaskOptions): Promise<number> {
  const client = await connect(flags.workspace, task);
  const { command } = flags;
  const input = { ...whichOf(flags), ...(command !== undefined && { command }) };
  const { runners } = await client.call("runner.status", input, task);
  sayRunners(runners, flags.json);
  return runners.some(({ state }) => state === "ready" || state === "busy")
    ? exitCodes.ok
    : exitCodes.failed;
}

export async function runnerStop(flags: WhichFlags, task: TaskOptions): Promise<number> {
  const client = await connect(flags.workspace, task);
  const { runners } = await client.call("runner.stop", whichOf(flags), task);
  if (flags.json) console.log(JSON.stringify({ runners }));
  else if (runners.length === 0) console.log("There was no runner.");
  else console.log(`Stopped: ${runners.map(({ name }) => name).join(", ")}.`);
  return exitCodes.ok;
}

function whichOf({ platform, device }: WhichFlags) {
  return {
    ...(platform !== undefined && { platform }),
    ...(device !== undefined && { device }),
  };
}

function sayRunners(runners: ToolOutput<"runner.status">["runners"], json: true | undefined): void {
  if (json) {
    console.log(JSON.stringify({ runners }));
    return;
  }
  if (runners.length === 0) console.log("There is no runner.");
  for (const { state, name, device, platform, pid, command } of runners) {
    const parts = [state.padEnd(6), name, device, platform, `process ${pid}`, command?.state ?? ""];
    console.log(parts.filter((part) => part !== "").join("  "));
  }
}
