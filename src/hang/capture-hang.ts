/**
 * Finds out what a process is stuck on: a ladder of steps, the least disturbing first. Each has a
 * budget, and says by name why it could not tell.
 */
import { CaptureError } from "../capture/capture-error.ts";
import type {
  HangFile,
  HangFrame,
  HangStep,
  LogCandidate,
} from "../formats/hang-capture/hang-file.ts";
import { nativeCulprit } from "../formats/hang-capture/native-culprit.ts";
import type { Progress, TaskOptions } from "../toolchain/progress.ts";
import { type ArmedLog, armedLogs } from "./armed-logs.ts";
import { type ChosenLog, chooseLog, NoLogFailure } from "./choose-log.ts";
import { nativeStack } from "./native-stack.ts";
import { failureOfInspector, type Looks, lookByPausing } from "./pause.ts";
import { heapTrend, heapUsed, residentBytes, timeToTurn } from "./probe.ts";
import { frameOf, mostOf } from "./read-armed-log.ts";
import { type Reason, reasons, StepFailure } from "./reasons.ts";
import { StackTable } from "./stack-table.ts";
import { type AddressedTarget, busyShare, type Reached, reach } from "./target.ts";

export interface HangOptions extends TaskOptions {
  /** For all steps together. */
  readonly budgetMs: number;
  /** Absolute path of the log of V8's sampler to go by; otherwise the densest one. */
  readonly log?: string | undefined;
}

/**
 * @param target one that is known by name, or is watched already
 * @throws CaptureError `not-node`, `no-inspector`, `no-page`, or `over-budget` when it was over
 *   before the target was reached; the signal's reason when aborted. The target runs on in every
 *   case.
 */
export async function captureHang(
  target: AddressedTarget | Reached,
  { budgetMs, signal, onProgress, log }: HangOptions,
): Promise<HangFile> {
  const budget = AbortSignal.timeout(budgetMs);
  const limit = signal ? AbortSignal.any([signal, budget]) : budget;
  const started = performance.now();
  onProgress?.({ message: "Connecting" });
  try {
    const reached = "silence" in target ? target : await reach(target, limit);
    const ladder = new Ladder(reached, { started, signal: limit, onProgress, log });
    try {
      await ladder.climb();
    } catch (error) {
      // What was seen within the budget counts.
      if (!budget.aborted) throw error;
    } finally {
      await reached.release();
    }
    signal?.throwIfAborted();
    return ladder.finish();
  } catch (error) {
    signal?.throwIfAborted();
    if (!budget.aborted || error instanceof CaptureError) throw error;
    const problem = `The target was not reached within ${budgetMs} ms`;
    throw new CaptureError("over-budget", `${problem}: give it more.`, { cause: error });
  }
}

interface LadderOptions {
  /** `performance.now()` when the capture began. */
  readonly started: number;
  readonly signal: AbortSignal;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly log: string | undefined;
}

class Ladder {
  readonly #started: number;
  readonly #capturedAt: string;
  readonly #reached: Reached;
  readonly #signal: AbortSignal;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #pickedLog: string | undefined;
  readonly #stacks = new StackTable();
  readonly #steps: HangStep[] = [];
  readonly #heap: number[] = [];
  #resident: number | undefined;
  #turn: number | undefined;
  #scripts: Looks["scripts"] = [];

  constructor(reached: Reached, { started, signal, onProgress, log }: LadderOptions) {
    this.#started = started;
    this.#capturedAt = new Date(performance.timeOrigin + started).toISOString();
    this.#reached = reached;
    this.#signal = signal;
    this.#onProgress = onProgress;
    this.#pickedLog = log;
  }

  async climb(): Promise<void> {
    await this.#step("probe", "Asking for its heap", () => this.#probe());
    await this.#step("pause", "Looking at its stack", () => this.#pause());
    await this.#lookAtLogs();
    if (this.#isNamed) this.#skip("native", "already-named");
    else await this.#step("native", "Looking at its native stack", () => this.#native());
  }

  finish(): HangFile {
    const { title, page, browser } = this.#reached;
    const heap = {
      trend: heapTrend(this.#heap),
      usedBytes: this.#heap,
      ...(this.#resident !== undefined && { residentBytes: this.#resident }),
    };
    return {
      format: "hangscope-hang",
      version: 1,
      title,
      ...(page !== undefined && { page }),
      ...(browser && { browser }),
      capturedAt: this.#capturedAt,
      duration: (performance.now() - this.#started) * 1000,
      responsive: this.#turn !== undefined,
      frames: this.#stacks.frames,
      stacks: this.#stacks.stacks,
      scripts: this.#scripts,
      steps: this.#steps,
      ...((this.#heap.length > 0 || this.#resident !== undefined) && { heap }),
    };
  }

  get #isNamed(): boolean {
    return this.#steps.some(({ outcome }) => outcome === "named");
  }

  async #probe(): Promise<Told> {
    const { client, failure, pid } = this.#reached;
    this.#resident = pid === undefined ? undefined : await residentBytes(pid);
    if (!client) throw failure;
    const [turn] = await Promise.all([timeToTurn(client, this.#signal), this.#askHeap()]);
    this.#turn = turn;
    if (turn === undefined) return { message: "The main thread takes no other work." };
    return { message: `The main thread took other work within ${Math.ceil(turn)} ms.` };
  }

  async #askHeap(): Promise<void> {
    const used = await heapUsed(this.#reached.client!, this.#signal);
    if (used !== undefined) this.#heap.push(used);
  }

  async #pause(): Promise<Told> {
    const { client, failure, busy } = this.#reached;
    if (!client) throw failure;
    const isIdle = this.#turn !== undefined && busy !== undefined && busy < busyShare;
    if (isIdle) throw new StepFailure("responsive");
    const { looks, scripts, wasPaused } = await lookByPausing(
      client,
      () => this.#askHeap(),
      this.#signal,
    ).catch((error: unknown) => {
      const isNothing = error instanceof StepFailure && error.reason === "waiting";
      throw isNothing && this.#turn !== undefined ? new StepFailure("responsive") : error;
    });
    for (const { at, frames } of looks) this.#addStack(at, frames);
    this.#scripts = scripts;
    if (wasPaused) {
      return { named: true, reason: "paused-in-debugger", message: reasons["paused-in-debugger"] };
    }
    const depth = Math.max(...looks.map(({ frames }) => frames.length));
    const message = `Paused ${looks.length} times; the stack was up to ${depth} frames deep.`;
    return { named: true, message };
  }

  async #logs(): Promise<ArmedLog[]> {
    const { pid, logs = [] } = this.#reached;
    const given = typeof logs === "function" ? await logs() : logs;
    const open = pid === undefined ? [] : await armedLogs(pid, this.#signal);
    const known = new Set(given.map(({ path }) => path));
    return [...given, ...open.filter(({ path }) => !known.has(path))];
  }

  async #lookAtLogs(): Promise<void> {
    const isNamed = this.#isNamed;
    const logs = await this.#logs();
    if (logs.length === 0 && this.#pickedLog === undefined) {
      this.#skip("sampler", isNamed ? "already-named" : "not-armed");
      return;
    }
    const message = "Reading the log of V8's sampler";
    await this.#step("sampler", message, () =>
      isNamed ? this.#evidence(logs) : this.#sampler(logs),
    );
  }

  /** The log says what ran before somebody looked: it is kept, whoever named the function. */
  async #evidence(logs: readonly ArmedLog[]): Promise<Told> {
    const chosen = await this.#chosenLog(logs);
    return { message: chosenText(chosen), candidates: chosen.candidates };
  }

  async #sampler(logs: readonly ArmedLog[]): Promise<Told> {
    if (this.#turn !== undefined) throw new StepFailure("responsive");
    const { end, candidates } = await this.#chosenLog(logs);
    // The one that was met most often last: it is the one to show.
    const now = performance.now();
    for (const stack of mostOf(end.stacks, end.samples).toReversed()) {
      this.#addStack(now, stack.frames.map(frameOf), stack.samples);
    }
    return { named: true, message: chosenText({ end, candidates }), candidates };
  }

  #chosenLog(logs: readonly ArmedLog[]): Promise<ChosenLog> {
    const { wantedUrl } = this.#reached;
    return chooseLog(logs, { signal: this.#signal, wantedUrl, picked: this.#pickedLog });
  }

  async #native(): Promise<Told> {
    const { pid } = this.#reached;
    if (this.#turn !== undefined) throw new StepFailure("responsive");
    if (pid === undefined) throw new StepFailure("no-process-id");
    const frames = await nativeStack(pid, this.#signal);
    this.#addStack(performance.now(), frames);
    const { name, module } = frames[nativeCulprit(frames)]!;
    return { named: true, message: `The native stack stands in ${name}, in ${module}.` };
  }

  #addStack(at: number, frames: readonly HangFrame[], samples?: number): void {
    this.#stacks.add(Math.max(0, at - this.#started) * 1000, frames, samples);
  }

  async #step(step: HangStep["step"], message: string, take: () => Promise<Told>): Promise<void> {
    this.#onProgress?.({ message });
    const started = performance.now();
    const end = (result: Omit<HangStep, "step" | "ms">) =>
      this.#steps.push({ step, ...result, ms: Math.round(performance.now() - started) });
    try {
      const { named = false, reason, message: told, candidates } = await take();
      const outcome = named ? "named" : "told";
      const more = { ...(reason !== undefined && { reason }), ...(candidates && { candidates }) };
      end({ outcome, message: told, ...more });
    } catch (error) {
      if (this.#signal.aborted) {
        end({ outcome: "failed", reason: "over-budget", message: reasons["over-budget"] });
        throw error;
      }
      const { reason, message: why } = failureOfInspector(error, this.#reached.silence);
      const tried = error instanceof NoLogFailure && { candidates: error.candidates };
      end({ outcome: "failed", reason, message: why, ...tried });
    }
  }

  #skip(step: HangStep["step"], reason: Reason): void {
    this.#steps.push({ step, outcome: "skipped", reason, message: reasons[reason], ms: 0 });
  }
}

/** What a step that did not fail has to say. */
interface Told {
  readonly named?: boolean;
  readonly reason?: Reason;
  readonly message: string;
  readonly candidates?: readonly LogCandidate[];
}

function chosenText({ end, candidates }: ChosenLog): string {
  const found = `${end.samples} samples at the end of ${end.log.path}`;
  const [, next] = candidates;
  if (!next) return `${found}.`;
  return `${found}, of ${candidates.length} logs; the next is ${next.path} with ${next.samples}.`;
}
