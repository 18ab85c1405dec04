/**
 * The jobs of a server. A request id that was seen before joins its job instead of starting a
 * second one, so that a client may ask again after a lost connection and nothing runs twice.
 */
import PQueue from "p-queue";
import { ToolError } from "../tools/tool.ts";
import { Job, type JobInfo, type JobRun, type JobSpec } from "./job.ts";

/** Finished jobs are kept for clients that ask again, if they changed something or are told to. */
const keptJobs = 64;

const maxRunning = 32;
const maxWaiting = 256;

/** Progress is told this often at most; a beginning and an end at once. */
const tellMs = 200;

export class Jobs {
  readonly #jobs = new Map<string, Job>();
  readonly #queue = new PQueue({ concurrency: maxRunning });
  readonly #onChange: () => void;
  #telling: NodeJS.Timeout | undefined;

  /** @param onChange a job came, went on or went: look at `underWay` */
  constructor(onChange: () => void = () => {}) {
    this.#onChange = onChange;
  }

  get(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  /** Waiting and running, oldest first. */
  get underWay(): readonly JobInfo[] {
    return this.list().filter(({ state }) => state === "waiting" || state === "running");
  }

  list(): readonly JobInfo[] {
    return [...this.#jobs.values()].map((job) => job.info);
  }

  /**
   * The job of that id: the one that was started under it, or a new one.
   * @throws ToolError `too-busy` when too many wait already.
   */
  start(spec: JobSpec, run: JobRun): Job {
    const known = this.#jobs.get(spec.id);
    if (known) return known;
    if (this.#queue.size >= maxWaiting) {
      throw new ToolError("too-busy", `${maxWaiting} calls wait already. Try again later.`);
    }
    const job = new Job(spec, () => this.#tellSoon());
    this.#jobs.set(spec.id, job);
    void this.#queue.add(async () => {
      const running = job.run(run);
      this.#onChange();
      await running;
    });
    this.#onChange();
    void job.ended.then(() => {
      if (job.isKept) this.#forgetOldest();
      else this.#jobs.delete(spec.id);
      this.#onChange();
    });
    return job;
  }

  /** Settles when all have ended; what they started has then been ended too. */
  async cancelAll(): Promise<void> {
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) job.cancel();
    await Promise.all(jobs.map((job) => job.ended));
  }

  #tellSoon(): void {
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      this.#onChange();
    }, tellMs).unref();
  }

  #forgetOldest(): void {
    for (const [id, job] of this.#jobs) {
      if (this.#jobs.size <= keptJobs) return;
      if (!job.underWay) this.#jobs.delete(id);
    }
  }
}
