/**
 * Jobs: one call of a tool each, from its request id to its outcome. A request id that was seen
 * before joins its job instead of starting a second one, so that a client may ask again after a
 * lost connection without anything running twice.
 */
import type { Progress } from "../toolchain/progress.ts";

export type JobState = "running" | "done" | "failed" | "cancelled";

export interface JobInfo {
  /** The caller's request id. */
  readonly id: string;
  readonly tool: string;
  readonly state: JobState;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly progress?: Progress;
}

export interface JobSpec {
  /** The caller's request id. */
  readonly id: string;
  readonly tool: string;
  /** A job that changes nothing may run again: its answer is not kept. */
  readonly readOnly: boolean;
}

export type JobRun = (
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
) => Promise<unknown>;

export class Job {
  readonly id: string;
  readonly tool: string;
  readonly readOnly: boolean;
  readonly startedAt = Date.now();
  readonly outcome: Promise<unknown>;
  #state: JobState = "running";
  #progress: Progress | undefined;
  readonly #abort = new AbortController();
  readonly #listeners = new Set<(progress: Progress) => void>();
  #watchers = 0;

  constructor({ id, tool, readOnly }: JobSpec, run: JobRun) {
    this.id = id;
    this.tool = tool;
    this.readOnly = readOnly;
    this.outcome = this.#settle(run);
    // A job nobody waits for any more may still fail; whoever joins it sees the failure.
    this.outcome.catch(() => {});
  }

  get running(): boolean {
    return this.#state === "running";
  }

  get info(): JobInfo {
    const { id, tool, startedAt } = this;
    const progress = this.#progress && { progress: this.#progress };
    return { id, tool, state: this.#state, startedAt, ...progress };
  }

  cancel(): void {
    if (this.running) this.#abort.abort();
  }

  /**
   * Hears of progress until the returned function is called. The last to leave a job that changes
   * nothing cancels it; one that changes something goes on, so that its caller can join it again.
   */
  watch(listener: (progress: Progress) => void): () => void {
    this.#listeners.add(listener);
    this.#watchers++;
    if (this.#progress) listener(this.#progress);
    return () => {
      if (!this.#listeners.delete(listener)) return;
      if (--this.#watchers === 0 && this.readOnly) this.cancel();
    };
  }

  async #settle(run: JobRun): Promise<unknown> {
    try {
      const value = await run(this.#abort.signal, (progress) => {
        this.#progress = progress;
        for (const listener of this.#listeners) listener(progress);
      });
      this.#state = "done";
      return value;
    } catch (error) {
      this.#state = this.#abort.signal.aborted ? "cancelled" : "failed";
      throw error;
    }
  }
}

/** Finished jobs that changed something are kept for clients that ask again. */
const keptJobs = 64;

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #onChange: () => void;

  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  get running(): readonly Job[] {
    return [...this.#jobs.values()].filter((job) => job.running);
  }

  list(): readonly JobInfo[] {
    return [...this.#jobs.values()].map((job) => job.info);
  }

  /** The job of that id: the one that was started under it, or a new one. */
  start(spec: JobSpec, run: JobRun): Job {
    const { id } = spec;
    const known = this.#jobs.get(id);
    if (known) return known;
    const job = new Job(spec, run);
    this.#jobs.set(id, job);
    this.#onChange();
    void job.outcome
      .catch(() => {})
      .then(() => {
        if (job.readOnly) this.#jobs.delete(id);
        else this.#forgetOldest();
        this.#onChange();
      });
    return job;
  }

  cancelAll(): void {
    for (const job of this.#jobs.values()) job.cancel();
  }

  #forgetOldest(): void {
    for (const [id, job] of this.#jobs) {
      if (this.#jobs.size <= keptJobs) return;
      if (!job.running) this.#jobs.delete(id);
    }
  }
}
