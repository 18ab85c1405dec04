/** `hangscope hang`: the server looks, this shows what it saw. */
import { relative, resolve } from "node:path";
import { styleText } from "node:util";
import type { HangReport, ReportFrame } from "../formats/hang-capture/report.ts";
import { sandboxText } from "../formats/hang-capture/sandbox-text.ts";
import { shortTitle } from "../formats/hang-capture/short-title.ts";
import type { HangTarget } from "../hang/target.ts";
import { shortName } from "../results/format.ts";
import { formatBytes } from "../results/format-bytes.ts";
import type { ToolClient } from "../server/protocol.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { KeptFile } from "../tools/artifacts-keep.ts";
import type { ToolOutput } from "../tools/index.ts";
import { ToolError } from "../tools/tool.ts";
import { CliError, exitCodes } from "./failure.ts";
import { type KeepPlace, keepEvidence, keptText } from "./keep-evidence.ts";
import { keptCaptures, pruneKept } from "./kept-captures.ts";
import type { ProgressBar } from "./progress-bar.ts";
import { ensure } from "./server-command.ts";
import type { Paint } from "./table.ts";

export interface HangFlags {
  readonly workspace: string;
  readonly page?: string;
  readonly free?: true;
  readonly budget: number;
  readonly log?: string;
  readonly out?: string;
  readonly keep?: KeepPlace;
  readonly json?: true;
}

const shownFrames = 12;

/** @returns the exit code: 0 when a function was named. */
export async function hangCommand(
  text: string | undefined,
  { workspace, page, free, budget, log, out, keep, json }: HangFlags,
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<number> {
  const target = targetOf(text, page);
  const task = bar.task(signal);
  const folder = resolve(workspace);
  const client = await ensure(folder, signal, "autospawn");
  const report = await client.call(
    "hang.capture",
    {
      target,
      budgetMs: budget,
      ...(log !== undefined && { log: resolve(log) }),
      directory: out === undefined ? keptCaptures() : resolve(out),
      workspaceFolders: [folder],
    },
    task,
  );
  const freeing = free && (await freeTarget(client, target, task));
  const kept = keep && (await keepArtifacts(report, { keep, workspace: folder }, task));
  bar.clear();
  const paint: Paint = (style, said) => styleText(style, said, { stream: process.stdout });
  if (json)
    console.log(JSON.stringify({ ...report, ...(freeing && { freeing }), ...(kept && { kept }) }));
  else console.log(hangText(report, process.cwd(), paint));
  if (freeing && !json) console.log(freeing.message);
  if (kept && !json) console.log(keptText(kept));
  if (out === undefined) await pruneKept();
  return report.stuckIn ? exitCodes.ok : exitCodes.notNamed;
}

/** What cannot be kept is told: the evidence lies here in any case. */
async function keepArtifacts(
  report: ToolOutput<"hang.capture">,
  { keep, workspace }: { readonly keep: KeepPlace; readonly workspace: string },
  task: TaskOptions,
): Promise<readonly KeptFile[]> {
  const files = report.artifacts.flatMap(({ kind, path }) =>
    kind === "report" ? [] : [{ kind, path }],
  );
  try {
    return await keepEvidence({ files, place: keep, workspace, step: shortTitle(report) }, task);
  } catch (error) {
    task.signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return files.map(({ path }) => ({ file: path, outcome: "failed", reason, isDeleted: false }));
  }
}

/** What cannot be freed is told: the report counts all the same. */
async function freeTarget(client: ToolClient, target: HangTarget, task: TaskOptions) {
  try {
    await client.call("hang.free", { target }, task);
    return { freed: true, message: "Freed: it takes other work again." };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { freed: false, message: `Not freed: ${error.message}` };
  }
}

function targetOf(text: string | undefined, page: string | undefined): HangTarget {
  if (text === undefined) {
    if (page !== undefined) return { kind: "page", page };
    throw new CliError("Give a target, or --page with a part of an address.", exitCodes.usage);
  }
  const isPid = /^[1-9]\d{0,9}$/.test(text);
  if (isPid && page === undefined) return { kind: "process", pid: Number(text) };
  if (/^wss?:\/\//.test(text) || /^(.+:)?\d+$/.test(text)) {
    return { kind: "inspector", address: text, ...(page !== undefined && { page }) };
  }
  const expected = "a process id, host:port of an inspector or its ws:// address";
  throw new CliError(`"${text}" is no target: expected ${expected}.`, exitCodes.usage);
}

export function hangText(
  report: HangReport & Partial<Pick<ToolOutput<"hang.capture">, "artifacts">>,
  cwd: string,
  paint: Paint,
): string {
  const { verdict, stack, browser, heap, steps, advice, artifacts = [] } = report;
  return [
    paint("bold", verdict),
    ...(stack.length > 0 ? ["", ...stackLines(report, cwd, paint)] : []),
    "",
    ...steps.map(({ step, outcome, reason, message, ms }) => {
      const how = reason === undefined || outcome === "named" ? outcome : `${outcome}, ${reason}`;
      const head = `${step.padEnd(8)}${`${ms} ms`.padStart(8)}  ${how}`;
      return `${head}: ${shortName(message)}`;
    }),
    ...(heap && heap.usedBytes.length > 0
      ? [`Heap: ${heap.trend}, ${heap.usedBytes.map(formatBytes).join(" → ")}`]
      : []),
    ...(browser ? [sandboxText(browser)] : []),
    ...advice.map((text) => paint("yellow", text)),
    "",
    ...artifacts.map(({ path }) => path),
  ].join("\n");
}

function stackLines({ stack, stuckIn }: HangReport, cwd: string, paint: Paint): string[] {
  const at = stack.findIndex(
    ({ name, file, line }) =>
      stuckIn?.name === name && stuckIn.file === file && stuckIn.line === line,
  );
  const lines = stack.slice(0, shownFrames).map((frame, index) => {
    const line = `  ${index === at ? "→" : " "} ${frameText(frame, cwd)}`;
    return index === at ? paint("red", line) : line;
  });
  const left = stack.length - shownFrames;
  return left > 0 ? [...lines, `    and ${left} more`] : lines;
}

function frameText({ name, file, line, module, repeated }: ReportFrame, cwd: string): string {
  const inside = file === "" ? "" : relative(cwd, file);
  const shown = inside === "" || inside.startsWith("..") || file.includes(":") ? file : inside;
  const place = shown === "" ? module : line > 0 ? `${shown}:${line}` : shown;
  return `${shortName(name)}${repeated > 1 ? ` × ${repeated}` : ""}  ${place}`.trimEnd();
}
