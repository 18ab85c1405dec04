/** A CPU profile of a page that was found stuck: where its time goes, and not only where it is. */
import type { Inspector } from "../capture/v8/inspector-client.ts";
import type { HangFile, HangStep } from "../formats/hang-capture/hang-file.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { failureOfInspector } from "./pause.ts";
import { profileStuck } from "./profile-stuck.ts";
import { type Reason, reasons, StepFailure } from "./reasons.ts";

const longestMs = 1_500;
const shortestMs = 300;
/** For the pauses before and after, which land in milliseconds. */
const pausesMs = 400;

export interface ProfiledPage {
  /** With one more step. */
  readonly file: HangFile;
  /** Text of a `.cpuprofile`. */
  readonly cpuprofile?: string;
}

/**
 * @param file what a capture has seen of it
 * @param leftMs of the capture's budget
 * @throws the signal's reason when aborted. The page runs on in every case.
 */
export async function profilePage(
  file: HangFile,
  client: Inspector,
  { leftMs, signal, onProgress }: TaskOptions & { readonly leftMs: number },
): Promise<ProfiledPage> {
  const hinders = hindrance(file);
  if (hinders) return { file: withStep(file, { outcome: "skipped", ...hinders, ms: 0 }) };
  const ms = Math.min(longestMs, leftMs - pausesMs);
  if (ms < shortestMs) {
    return { file: withStep(file, { outcome: "skipped", ...told("over-budget"), ms: 0 }) };
  }
  onProgress?.({ message: "Profiling it" });
  const started = performance.now();
  const end = (step: Omit<HangStep, "step" | "ms">) =>
    withStep(file, { ...step, ms: Math.round(performance.now() - started) });
  const budget = AbortSignal.timeout(leftMs);
  const limit = signal ? AbortSignal.any([signal, budget]) : budget;
  try {
    const cpuprofile = await profileStuck(client, { ms, signal: limit });
    const message = `Profiled for ${(ms / 1000).toFixed(1)} s while it was stuck.`;
    return { file: end({ outcome: "told", message }), cpuprofile };
  } catch (error) {
    signal?.throwIfAborted();
    const failure = budget.aborted
      ? new StepFailure("over-budget")
      : failureOfInspector(error, "native-call");
    const { reason, message } = failure;
    return { file: end({ outcome: "failed", reason, message }) };
  }
}

/** Only where it stands still can a profiler be started. */
function hindrance({ steps, responsive }: HangFile) {
  const pause = steps.find(({ step }) => step === "pause");
  if (responsive) return told("responsive");
  if (pause?.outcome === "named" && pause.reason === undefined) return undefined;
  return { reason: pause?.reason ?? "over-budget", message: pause?.message ?? "" };
}

function told(reason: Reason) {
  return { reason, message: reasons[reason] };
}

function withStep(file: HangFile, step: Omit<HangStep, "step">): HangFile {
  return { ...file, steps: [...file.steps, { step: "profile", ...step }] };
}
