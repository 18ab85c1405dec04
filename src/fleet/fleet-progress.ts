/** One progress in bytes of many logs, each downloaded and read at its own pace. */
import type { Artifact } from "../artifacts/store.ts";
import type { Progress, TaskOptions } from "../toolchain/progress.ts";

export class FleetProgress {
  readonly #tell: TaskOptions["onProgress"];
  readonly #logs: number;
  readonly #total: number;
  /** What a byte counts when it is downloaded, and again when it is read. */
  readonly #share: number;
  #moved = 0;
  #finished = 0;

  constructor(
    logs: readonly Artifact[],
    areDownloaded: boolean,
    tell: TaskOptions["onProgress"] | undefined,
  ) {
    this.#tell = tell;
    this.#logs = logs.length;
    this.#total = logs.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#share = areDownloaded ? 0.5 : 1;
  }

  /** Takes one step's own progress. */
  part(): (progress: Progress) => void {
    let before = 0;
    return ({ done, unit }) => {
      if (done === undefined || unit !== "bytes") return;
      this.#moved += done - before;
      before = done;
      this.#say();
    };
  }

  done(): void {
    this.#finished++;
    this.#say();
  }

  #say(): void {
    this.#tell?.({
      message: `Symbolizing log ${Math.min(this.#finished + 1, this.#logs)} of ${this.#logs}`,
      done: Math.min(this.#total, Math.round(this.#moved * this.#share)),
      total: this.#total,
      unit: "bytes",
    });
  }
}
