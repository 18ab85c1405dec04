/**
 * Uploads for whoever is in the middle of something more important: nothing here ever throws, and
 * each file has one outcome with a name.
 */
import { stat } from "node:fs/promises";
import { formatBytes } from "../results/format-bytes.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { UploadBudget } from "./budget.ts";
import type { ArtifactStore } from "./store.ts";

export type KeepOutcome =
  | {
      readonly kind: "uploaded";
      readonly place: string;
      readonly key: string;
      /** That the store is known to hold. */
      readonly bytes: number;
    }
  /** The local file is all there is. `reason` is a sentence. */
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "declined"; readonly reason: string }
  | { readonly kind: "disabled" };

export interface EvidenceOptions {
  /** None where the user wants nothing kept elsewhere. */
  readonly store: ArtifactStore | undefined;
  /** Of the session; without one there is no limit. */
  readonly budget?: UploadBudget;
}

export class EvidenceKeeper {
  readonly #store: ArtifactStore | undefined;
  readonly #budget: UploadBudget | undefined;

  constructor({ store, budget }: EvidenceOptions) {
    this.#store = store;
    this.#budget = budget;
  }

  /** Never throws. An abort is a failure like any other. */
  async keep(file: string, key: string, task: TaskOptions = {}): Promise<KeepOutcome> {
    const store = this.#store;
    if (!store) return { kind: "disabled" };
    try {
      const { size } = await stat(file);
      const budget = this.#budget;
      if (budget && !budget.take(size)) {
        const reason = `It has ${formatBytes(size)}, and ${formatBytes(budget.left)} of this session's ${formatBytes(budget.limit)} are left.`;
        return { kind: "declined", reason };
      }
      let sent = 0;
      try {
        const bytes = await store.put(
          key,
          { file },
          countSent(task, (done) => (sent = done)),
        );
        sent = bytes;
        return { kind: "uploaded", place: store.place, key, bytes };
      } finally {
        budget?.settle(size, sent);
      }
    } catch (error) {
      return { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
    }
  }
}

/** A listener that throws must not end an upload either. */
function countSent(task: TaskOptions, note: (done: number) => void): TaskOptions {
  return {
    ...(task.signal && { signal: task.signal }),
    onProgress: (progress) => {
      note(progress.done ?? 0);
      try {
        task.onProgress?.(progress);
      } catch {
        // Whoever listens wrote it; the evidence matters more.
      }
    },
  };
}
