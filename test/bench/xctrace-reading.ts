/**
 * What `xctrace-run` is asked and answers. `alone` is the parser without a profile: what it reads
 * is given to a consumer that keeps nothing.
 */
export const readers = ["hangscope", "saxes", "fast-xml-parser", "fast-xml-parser alone"] as const;
export type Reader = (typeof readers)[number];

export interface Reading {
  /** From the start of the reader's code until the profile stands. */
  readonly seconds: number;
  /** Of these, until the reader could begin: its code is loaded, and ours has its thread. */
  readonly startSeconds: number;
  /** MiB of the whole process, from its start until the profile stands. */
  readonly peakMiB: number;
  /** Longest time that the main thread's loop stood still, milliseconds. */
  readonly stallMs: number;
  /** Absent where no profile was made. */
  readonly counts?: Counts;
}

export interface Counts {
  readonly samples: number;
  /** Of all samples, microseconds. */
  readonly weight: number;
}
