/** What is kept of a hang, and the report of it in the positions of the original source. */
import { join } from "node:path";
import { createCapture, writeRecord } from "../capture/storage.ts";
import { type HangFile, hangExtension } from "../formats/hang-capture/hang-file.ts";
import { type HangReport, mappedFrame, reportOf } from "../formats/hang-capture/report.ts";
import { reportMarkdown } from "../formats/hang-capture/report-markdown.ts";
import { shortTitle } from "../formats/hang-capture/short-title.ts";
import { type Answer, type Query, querySchema } from "../profile/query.ts";
import { writePrivateFile } from "../toolchain/private-file.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { logAt } from "./armed-logs.ts";
import { writeWholeLog } from "./read-armed-log.ts";

/** Opens what was kept as a profile, which knows the original positions. */
export interface HangProfiles {
  /** @returns the profile's id. */
  open(path: string, task: TaskOptions): Promise<string>;
  query(profileId: string, query: Query, task: TaskOptions): Promise<Answer>;
}

export interface KeepOptions {
  /** Absolute path of the folder that receives the capture's own. */
  readonly root: string;
  /** Of the files, without extension. */
  readonly name: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Text of a `.cpuprofile` that was taken of it. */
  readonly cpuprofile?: string | undefined;
}

export interface KeptHang {
  readonly report: HangReport;
  readonly profileId: string;
  /** Absolute paths. */
  readonly path: string;
  readonly markdown: string;
  readonly cpuprofile?: string;
  /** A copy of the log of V8's sampler, if it was armed. */
  readonly v8log?: string;
}

/** @throws CaptureError `unusable-folder`. */
export async function keepHang(
  file: HangFile,
  options: KeepOptions,
  profiles: HangProfiles,
  task: TaskOptions,
): Promise<KeptHang> {
  const { directory, path, cpuprofile, v8log } = await keep(file, options, task.signal);
  const profileId = await profiles.open(path, task);
  const report = reportOf(file, await mappedFrames(file, profileId, profiles, task));
  const markdown = join(directory, `${options.name}.md`);
  await writePrivateFile(markdown, reportMarkdown(report));
  return {
    report,
    profileId,
    path,
    markdown,
    ...(cpuprofile !== undefined && { cpuprofile }),
    ...(v8log !== undefined && { v8log }),
  };
}

async function keep(
  file: HangFile,
  { root, name, startedAt, cpuprofile }: KeepOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<Pick<KeptHang, "path" | "cpuprofile" | "v8log"> & { directory: string }> {
  const title = shortTitle(file);
  const record = {
    title,
    command: file.title,
    sampler: "hang" as const,
    startedAt,
    recorder: process.pid,
    profiles: [],
  };
  const { directory } = await createCapture(root, record);
  const hang = { file: `${name}${hangExtension}`, title, pid: 0 };
  const profiled = { file: `${name}.cpuprofile`, title: `${title}, profiled`, pid: 0 };
  const path = join(directory, hang.file);
  await writePrivateFile(path, JSON.stringify(file));
  if (cpuprofile !== undefined) await writePrivateFile(join(directory, profiled.file), cpuprofile);
  const log = { file: `${name}-v8.log`, title: `${title}, V8's log`, pid: 0 };
  const hasLog = await keepLog(file, join(directory, log.file), signal);
  await writeRecord(directory, {
    ...record,
    endedAt: new Date().toISOString(),
    profiles: [hang, ...(cpuprofile === undefined ? [] : [profiled]), ...(hasLog ? [log] : [])],
  });
  return {
    directory,
    path,
    ...(cpuprofile !== undefined && { cpuprofile: join(directory, profiled.file) }),
    ...(hasLog && { v8log: join(directory, log.file) }),
  };
}

/** A log that nobody follows stays where it is. */
const largestCopy = 256 << 20;

/** Best effort: the log may be gone with its process, and what was read of it is kept already. */
async function keepLog({ steps }: HangFile, output: string, signal: AbortSignal): Promise<boolean> {
  const read = steps.find(({ step, outcome }) => step === "sampler" && outcome !== "failed");
  const [chosen] = read?.candidates ?? [];
  const log = chosen && (await logAt(chosen.path));
  if (!log || (!log.snapshot && log.bytes > largestCopy)) return false;
  try {
    await writeWholeLog(log, output, signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Frames of the file stand in the profile in the same order. */
async function mappedFrames(
  file: HangFile,
  profileId: string,
  profiles: HangProfiles,
  task: TaskOptions,
) {
  const used = [...new Set(file.stacks.flatMap(({ frames }) => frames))];
  const query = querySchema.parse({ kind: "frames", frames: used });
  const answer = await profiles.query(profileId, query, task);
  if (answer.kind !== "frames") throw new Error(`Asked for frames, got ${answer.kind}.`);
  const byFrame = new Map(used.map((frame, i) => [frame, answer.frames[i]!]));
  return (frame: number) => mappedFrame(byFrame.get(frame)!);
}
