/**
 * What a recording of several parts holds beside its samples, and how far each part is to be
 * believed: "nothing was found" is said only of what was read.
 */

import type { FrameInfo } from "./query.ts";

/**
 * - `read`: it was recorded and read; no finding means that there was none.
 * - `incomplete`: a part of it was read; there may be more.
 * - `not-finished`: the tool had not come to an end with it.
 * - `not-recorded`: the recording has no such part.
 * - `failed`: it was recorded, but could not be exported or read.
 */
export type PartState = "read" | "incomplete" | "not-finished" | "not-recorded" | "failed";

export interface Part {
  readonly state: PartState;
  /** One sentence for a person: why, and what to do about it. `""` for `read`. */
  readonly reason: string;
}

/** Leaked blocks of one type that one function allocated. */
export interface LeakGroup {
  readonly type: string;
  /** The function that is responsible, or `""` when the recorder could not attribute them. */
  readonly frame: string;
  readonly library: string;
  readonly count: number;
  /** Of all of them together. */
  readonly bytes: number;
}

/** What became of looking at a process that hung. */
export interface HangAccount {
  /** One or two sentences. */
  readonly verdict: string;
  /** Milliseconds that it had not responded when it was looked at, at least; where known. */
  readonly unresponsiveMs?: number;
  readonly steps: readonly {
    readonly step: string;
    /** `named`: it gave the function; `told`: it gave something else. */
    readonly outcome: "named" | "told" | "failed" | "skipped";
    /** Stable, kebab-case, when it failed or was skipped. */
    readonly reason?: string | undefined;
    readonly message: string;
    readonly ms: number;
  }[];
  readonly heap?:
    | {
        readonly trend: "climbing" | "flat" | "unknown";
        /** Of V8's heap, in the order of asking. */
        readonly usedBytes: readonly number[];
        readonly residentBytes?: number | undefined;
      }
    | undefined;
  /** What may help with what could not be seen. */
  readonly advice: readonly string[];
}

export interface Evidence {
  readonly samples: Part;
  readonly hangs: Part;
  readonly leaks: Part & {
    /** Most bytes first. */
    readonly groups: readonly LeakGroup[];
  };
  /** Of captures of a hang; told in the positions that `frameOf` gives for the profile's frames. */
  readonly account?: (frameOf: (frame: number) => FrameInfo) => HangAccount;
}
