/** What a profile's worker and its owner say to each other. Types only. */

import type { WriteOptions, WriterFormat } from "../formats/writer-formats.ts";
import type { MergeOptions, PartOptions } from "../profile/merge.ts";
import type { Query } from "../profile/query.ts";
import type { Environment } from "../toolchain/environment.ts";
import type { Progress } from "../toolchain/progress.ts";

export type Request =
  | {
      readonly kind: "open";
      readonly path: string;
      readonly workspaceFolders: readonly string[];
      /** Over the process's own, for programs that name native code. */
      readonly env: Environment;
      /** Not of what was recorded elsewhere: the same path may be another binary here. */
      readonly nativeNames: boolean;
    }
  /** Answers when the names of native code are in, or cannot be had. */
  | { readonly kind: "await-names" }
  | { readonly kind: "query"; readonly query: Query }
  /** Answers with a `part` message: the whole profile, for another worker's `add-part`. */
  | { readonly kind: "hand-over" }
  | ({ readonly kind: "add-part"; readonly part: ArrayBuffer } & PartOptions & MergeOptions)
  /** The parts are the worker's profile from now on. */
  | { readonly kind: "join-parts"; readonly title: string }
  | {
      readonly kind: "write";
      readonly format: WriterFormat;
      readonly output: string;
      readonly options: WriteOptions;
    };

/** Owner to worker. */
export type ToWorker =
  | { readonly kind: "request"; readonly id: number; readonly request: Request }
  | { readonly kind: "cancel"; readonly id: number };

/** Worker to owner. `result` is what `encodeColumns` gave, transferred. */
export type FromWorker =
  | { readonly kind: "progress"; readonly id: number; readonly progress: Progress }
  | { readonly kind: "result"; readonly id: number; readonly result: ArrayBuffer }
  | { readonly kind: "part"; readonly id: number; readonly part: ArrayBuffer }
  | { readonly kind: "error"; readonly id: number; readonly error: WorkerError }
  /** The profile changed by itself: native names came in. Views ask again. */
  | { readonly kind: "updated" };

export interface WorkerError {
  readonly name: string;
  readonly message: string;
}
