/** Starts a recording and answers when it really runs. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { run } from "../../toolchain/run.ts";
import { CaptureError } from "../capture-error.ts";
import { type RecordPlan, recordArguments } from "./record-arguments.ts";
import { lastLines, type RecorderFiles, TraceRecorder } from "./trace-recorder.ts";
import { runXcrun } from "./xcode.ts";

const startLimitMs = 10_000;
const pollMs = 50;
/** Said too early: "Starting recording"; this one is said when samples come in. */
const runsLine = /Ctrl-C to stop/;
/** A process that was just started may not be listed yet. */
const tooEarly = /Cannot find process/;

export interface StartOptions extends TaskOptions {
  readonly env: Environment;
  readonly limitMs?: number;
}

/** @throws CaptureError `not-recording` when it ends or says nothing in time. */
export async function startRecording(
  plan: Omit<RecordPlan, "output" | "notification">,
  files: RecorderFiles,
  options: StartOptions,
): Promise<TraceRecorder> {
  // Not through `xcrun`: the signal that stops the recording is for the recorder itself.
  const { stdout } = await runXcrun(["--find", "xctrace"], options.env, pickSignal(options));
  const program = stdout.trim();
  for (let attempt = 1; ; attempt++) {
    const notification = `dev.hangscope.recording.${randomUUID()}`;
    const args = recordArguments({ ...plan, output: files.trace, notification }).slice(1);
    const recorder = await TraceRecorder.start(program, args, files, options.env);
    const failure = await untilRecording(recorder, notification, options).catch(async (error) => {
      await recorder.recognize();
      await recorder.kill();
      throw error;
    });
    await recorder.recognize();
    if (!failure) return recorder;
    await recorder.kill();
    const said = await recorder.said();
    await rm(files.trace, { recursive: true, force: true });
    if (attempt === 1 && tooEarly.test(said)) continue;
    throw new CaptureError("not-recording", `${failure} ${lastLines(said)}`.trim());
  }
}

function pickSignal({ signal }: TaskOptions) {
  return signal ? { signal } : {};
}

/** Why it does not record, or `undefined` when it does. */
async function untilRecording(
  recorder: TraceRecorder,
  notification: string,
  { env, signal, onProgress, limitMs = startLimitMs }: StartOptions,
): Promise<string | undefined> {
  const done = new AbortController();
  let isNotified = false;
  const notifyutil = { command: "notifyutil", howToGet: "It is a part of macOS." };
  // The line alone will do where the notification cannot be had.
  void run(notifyutil, ["-v", "-1", notification], { env, signal: done.signal, timeoutMs: 0 }).then(
    () => {
      isNotified = true;
    },
    () => {},
  );
  const started = performance.now();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const waited = performance.now() - started;
      onProgress?.({ message: "Waiting for the recording to start", done: waited, unit: "ms" });
      if (isNotified || runsLine.test(await recorder.said())) return undefined;
      if (!(await recorder.isRunning())) return endedText(recorder);
      if (waited >= limitMs) return `xctrace did not start to record in ${limitMs / 1000} s.`;
      await sleep(pollMs, undefined, { ...(signal && { signal }) });
    }
  } finally {
    done.abort();
  }
}

function endedText({ exitCode }: TraceRecorder): string {
  switch (exitCode) {
    case 21:
      return "There is no such process to record.";
    case undefined:
      return "xctrace ended before it recorded.";
    default:
      return `xctrace ended with code ${exitCode} before it recorded.`;
  }
}
