/** One call of a tool, from its request id to its outcome. */
import type { Progress } from "../toolchain/progress.ts";
import { monotonicMs } from "./health.ts";
import type { Health } from "./protocol.ts";

export const jobStates = ["waiting", "running", "done", "failed", "cancelled"] as const;
export type JobState = (typeof jobStates)[number];

export interface JobInfo {
  /** The caller's request id. */
  readonly id: string;
  readonly tool: string;
  readonly state: JobState;
  /** Milliseconds of `monotonicMs`. */
  readonly startedAt: number;
  /** When it last told of progress, at first when it came in: milliseconds of `monotonicMs`. */
  readonly progressAt: number;
  readonly progress?: Progress;
}

/** Jobs as `/health` and events tell of them, at a moment of `monotonicMs`. */
export function jobsAt(jobs: readonly JobInfo[], now: number): Health["jobs"] {
  return jobs.filter(isUnderWay).map(({ id, tool, state, startedAt, progressAt, progress }) => ({
    id,
    tool,
    state,
    elapsedMs: Math.max(0, now - startedAt),
    quietMs: Math.max(0, now - progressAt),
    ...(progress && { message: progress.message }),
  }));
}

export function isUnderWay(job: JobInfo): job is JobInfo & { state: "waiting" | "running" } {
  return job.state === "waiting" || job.state === "running";
}

export interface JobSpec {
  /** The caller's request id. */
  readonly id: string;
  readonly tool: string;
  /** A job that changes nothing may run again: its answer is not kept. */
  readonly readOnly: boolean;
  /** Whoever asked may come back: it goes on without them, and its answer is kept. */
  readonly isKept?: boolean;
}

export type JobRun = (
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
) => Promise<unknown>;

export class Job {
  readonly id: string;
  readonly tool: string;
  /** It goes on when nobody watches, and can be asked for when it has ended. */
  readonly isKept: boolean;
  /** The answer, or why there is none. */
  readonly outcome: Promise<unknown>;
  /** Settles after `outcome`, and never fails. */
  readonly ended: Promise<void>;
  readonly #startedAt = monotonicMs();
  #state: JobState = "waiting";
  #progress: Progress | undefined;
  #progressAt = this.#startedAt;
  readonly #settle: PromiseWithResolvers<unknown> = Promise.withResolvers();
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(progress: Progress) => void>();
  readonly #onProgress: () => void;
  #watchers = 0;

  constructor({ id, tool, readOnly, isKept = false }: JobSpec, onProgress: () => void) {
    this.id = id;
    this.tool = tool;
    this.isKept = isKept || !readOnly;
    this.#onProgress = onProgress;
    this.outcome = this.#settle.promise;
    // A job nobody waits for any more may still fail; whoever joins it sees the failure.
    this.ended = this.outcome.then(
      () => {},
      () => {},
    );
  }

  /** Waiting or running. */
  get underWay(): boolean {
    return this.#state === "waiting" || this.#state === "running";
  }

  get info(): JobInfo {
    const { id, tool } = this;
    const progress = this.#progress && { progress: this.#progress };
    const [startedAt, progressAt] = [this.#startedAt, this.#progressAt];
    return { id, tool, state: this.#state, startedAt, progressAt, ...progress };
  }

  /** Begins, unless it was cancelled while it waited. Settles when it has ended. */
  async run(work: JobRun): Promise<void> {
    if (!this.underWay) return;
    const { signal } = this.#abort;
    this.#state = "running";
    try {
      const value = await work(signal, (progress) => this.#tell(progress));
      this.#state = "done";
      this.#settle.resolve(value);
    } catch (error) {
      this.#state = signal.aborted ? "cancelled" : "failed";
      this.#settle.reject(error);
    }
  }

  cancel(): void {
    if (!this.underWay) return;
    this.#abort.abort();
    if (this.#state !== "waiting") return;
    this.#state = "cancelled";
    this.#settle.reject(this.#abort.signal.reason);
  }

  /**
   * Hears of progress until the returned function is called. The last to leave a job that is not
   * kept cancels it; one that is kept goes on, so that its caller can join it again.
   */
  watch(listener: (progress: Progress) => void): () => void {
    this.#listeners.add(listener);
    this.#watchers++;
    if (this.#progress) listener(this.#progress);
    return () => {
      if (!this.#listeners.delete(listener)) return;
      if (--this.#watchers === 0 && !this.isKept) this.cancel();
    };
  }

  #tell(progress: Progress): void {
    this.#progress = progress;
    this.#progressAt = monotonicMs();
    for (const listener of this.#listeners) listener(progress);
    this.#onProgress();
  }
}
