/** How far a long task has come: said by whoever does the work, shown by whoever asked for it. */
export interface Progress {
  /** What is being done, such as "Reading app-v8.log". */
  readonly message: string;
  /** In `unit`s; absent when unknown. */
  readonly done?: number;
  readonly total?: number;
  readonly unit?: "bytes" | "items" | "ms";
}

/** What every long task takes. */
export interface TaskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
