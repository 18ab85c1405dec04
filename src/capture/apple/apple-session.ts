/** One recording of an Apple app: begun, stopped, exported, so that a profile can be opened. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  formatManifest,
  manifestExtension,
  type TraceManifest,
} from "../../formats/trace-export/manifest.ts";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import type { CapturedProfile, StoppedCapture } from "../capture.ts";
import { CaptureError } from "../capture-error.ts";
import type { Session } from "../session.ts";
import { bytesBelow } from "../storage.ts";
import type { AppleRecord } from "./apple-record.ts";
import type { AppleTarget } from "./apple-target.ts";
import { countRows } from "./count-rows.ts";
import { type ExportedTrace, exportTrace } from "./export-trace.ts";
import { findTarget } from "./find-target.ts";
import { startRecording } from "./start-recording.ts";
import { chooseStrategy } from "./strategy.ts";
import { lastLines, TraceRecorder } from "./trace-recorder.ts";
import { findXcode } from "./xcode.ts";

interface AppleStart {
  readonly target: AppleTarget;
  /** By default what is found. */
  readonly title?: string | undefined;
}

interface StartedRecording {
  readonly record: AppleRecord;
  readonly recorder: TraceRecorder;
}

/** @throws CaptureError when it cannot be recorded, with what to do about it. */
async function startAppleRecording(
  { target, title }: AppleStart,
  directory: string,
  env: Environment,
  task: TaskOptions,
): Promise<StartedRecording> {
  const { process: wanted, template, device, strategy: override } = target;
  const xcode = await findXcode(env, task.signal);
  const found = await findTarget(target, env, task);
  const { strategy, reason } = chooseStrategy(xcode.version, {
    place: found.place,
    template,
    launches: wanted.by === "command",
    everything: wanted.by === "everything",
    ...(override && { override }),
  });
  const plan = {
    strategy,
    template,
    limitSeconds: target.limitSeconds,
    ...(device !== undefined && { device }),
    ...(found.process !== undefined && { process: found.process }),
    ...(wanted.by === "command" && { command: wanted.argv, environment: wanted.env }),
  };
  const recorder = await startRecording(plan, filesIn(directory), { ...task, env });
  const record: AppleRecord = {
    title: title ?? found.title,
    xcode: xcode.label,
    strategy,
    reason,
    template,
    exportLimitSeconds: target.exportLimitSeconds,
    ...(found.pid !== undefined && { pid: found.pid }),
  };
  return { record, recorder };
}

export async function startAppleSession(
  start: AppleStart,
  directory: string,
  onEnded: () => void,
  task: TaskOptions,
  env: Environment,
): Promise<Session> {
  const started = await startAppleRecording(start, directory, env, task);
  return appleSession(started, directory, env, onEnded);
}

function filesIn(directory: string) {
  return { trace: join(directory, "recording.trace"), log: join(directory, "xctrace.log") };
}

/** A recording goes on when its server leaves: it is another process's work. */
function appleSession(
  { record, recorder }: StartedRecording,
  directory: string,
  env: Environment,
  onEnded: () => void,
): Session {
  void recorder.whenEnded().then(onEnded);
  const { title: _title, exportLimitSeconds: _limit, ...apple } = record;
  return {
    started: { argv: [], cwd: "", env: {}, pid: recorder.process.pid },
    outlivesServer: true,
    recordedAs: { kind: "apple", program: recorder.process, record, env: { ...env } },
    apple,
    async stop(task) {
      try {
        await recorder.stop(task);
      } catch (error) {
        // Whoever gives up waiting gives up the trace; what is on disk stays.
        await recorder.kill();
        throw error;
      }
      await checkTrace(recorder);
      return exportRecording(record, recorder.files.trace, directory, { ...task, env });
    },
    abandon: () => recorder.kill(),
  };
}

export function adoptAppleSession(
  { program, record, env }: Extract<NonNullable<Session["recordedAs"]>, { kind: "apple" }>,
  directory: string,
  onEnded: () => void,
): Session {
  const recorder = new TraceRecorder(program, filesIn(directory));
  return appleSession({ record, recorder }, directory, env, onEnded);
}

/** By what is there, not by the exit code: good traces come with codes that say otherwise. */
async function checkTrace(recorder: TraceRecorder): Promise<void> {
  const { trace } = recorder.files;
  if ((await bytesBelow(trace)) > 0) return;
  const said = lastLines(await recorder.said());
  const code = recorder.exitCode === undefined ? "" : ` (exit code ${recorder.exitCode})`;
  throw new CaptureError("no-trace", `xctrace wrote no trace${code}. ${said}`.trim());
}

/** Exports a trace into the capture's folder and leaves the file that stands for it. */
export async function exportRecording(
  record: Pick<AppleRecord, "title" | "template" | "strategy" | "pid" | "exportLimitSeconds">,
  trace: string,
  directory: string,
  task: TaskOptions & { readonly env: Environment },
): Promise<StoppedCapture> {
  const exported = await exportTrace(trace, directory, {
    ...task,
    limitMs: record.exportLimitSeconds * 1_000,
  });
  const pid = record.pid ?? targetPid(exported);
  const manifest: TraceManifest = {
    hangscope: "trace-export",
    version: 1,
    title: record.title,
    files: { toc: "toc.xml", ...exported.files },
    run: exported.run,
    failures: [...exported.failures],
    notRecorded: notRecorded(record, exported),
    ...(pid !== undefined && { pid }),
  };
  const path = join(directory, fileName(record.title));
  await writeFile(path, formatManifest(manifest), { mode: 0o600 });
  const samples = exported.files.samples;
  const profile: CapturedProfile = {
    path,
    bytes: await bytesBelow(directory),
    pid: pid ?? 0,
    title: record.title,
    samples: samples === undefined ? 0 : await countRows(join(directory, samples)),
  };
  return { profiles: [profile], unprofiled: [], warnings: warningsOf(exported, profile) };
}

/** The process that the trace itself names as its target. */
function targetPid({ toc, run }: ExportedTrace): number | undefined {
  return toc.runs.find(({ number }) => number === run)?.target.process?.pid;
}

function notRecorded(
  { template, strategy }: Pick<AppleRecord, "template" | "strategy">,
  { files, failures }: ExportedTrace,
): TraceManifest["notRecorded"] {
  const isMissing = (part: "hangs" | "leaks") =>
    files[part] === undefined && !failures.some((failure) => failure.part === part);
  const reasons = {
    hangs: `The template "${template}" recorded no hangs; "cpu-hangs" does.`,
    leaks:
      strategy === "host-wide"
        ? "Leaks cannot be recorded of all processes at once: give the app as a command to launch, with the template leaks."
        : `The template "${template}" recorded no leaks; "leaks" does, best with a command to launch.`,
  };
  return (["hangs", "leaks"] as const)
    .filter(isMissing)
    .map((part) => ({ part, reason: reasons[part] }));
}

function warningsOf(
  { failures, files, toc }: ExportedTrace,
  { samples }: CapturedProfile,
): string[] {
  const warnings = failures.map(
    ({ part, message }) => `The ${part} were not exported whole: ${message}`,
  );
  if (toc.runs.length > 1) {
    warnings.push(`The trace holds ${toc.runs.length} runs; the newest one was exported.`);
  }
  // A template for leaks alone takes none.
  if (files.samples !== undefined && samples === 0) {
    warnings.push("No CPU samples were recorded: the app may have been idle. Give it work.");
  }
  return warnings;
}

/** Without what file systems refuse. */
function fileName(title: string): string {
  return title.replace(/[^\w .()+-]/g, "_").slice(0, 80) + manifestExtension;
}
