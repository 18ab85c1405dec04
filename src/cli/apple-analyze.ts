/** `hangscope apple analyze`: in this process, so that exported XML can be read anywhere. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { importFiles, importTrace } from "../capture/apple/import-trace.ts";
import { type FindingsAnswer, querySchema } from "../profile/query.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { AnalyzeFlags } from "./apple-program.ts";
import { CliError, exitCodes } from "./failure.ts";
import { renderFindings } from "./findings-text.ts";
import { keptCaptures } from "./kept-captures.ts";
import { paintFor } from "./table.ts";
import { withProfile } from "./with-profile.ts";

/** @returns what to print. */
export async function appleAnalyze(
  recording: string | undefined,
  flags: AnalyzeFlags,
  task: TaskOptions,
): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), "hangscope-apple-"));
  try {
    const path = await bring(recording, flags, scratch, task);
    const findings = await findingsOf(path, task);
    if (flags.json) return JSON.stringify(findings);
    return renderFindings(findings, { cwd: process.cwd(), paint: paintFor(process.stdout) });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function findingsOf(path: string, task: TaskOptions): Promise<FindingsAnswer> {
  return withProfile(path, task, async (profile) => {
    const answer = await profile.query(querySchema.parse({ kind: "findings" }), task);
    return answer as FindingsAnswer;
  });
}

/** @returns the path of a profile. */
async function bring(
  recording: string | undefined,
  { toc, cpu, hangs, leaks, pid, out }: AnalyzeFlags,
  scratch: string,
  task: TaskOptions,
): Promise<string> {
  const files = { toc, cpu, hangs, leaks };
  const hasFiles = Object.values(files).some((file) => file !== undefined);
  if (hasFiles === (recording !== undefined)) {
    const wanted = "Name a recording, or exported files with --toc, --cpu, --hangs and --leaks.";
    throw new CliError(wanted, exitCodes.usage);
  }
  const only = pid === undefined ? {} : { pid };
  if (recording === undefined) return (await importFiles(files, scratch, only)).path;
  const path = resolve(recording);
  if (!/\.trace[\\/]?$/.test(path)) return path;
  const root = out === undefined ? keptCaptures() : resolve(out);
  return (await importTrace(path, root, { ...task, ...only, env: {} })).path;
}
