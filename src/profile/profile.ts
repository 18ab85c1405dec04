/**
 * The profile model: a struct of arrays, so that ten million samples cost megabytes.
 *
 * Shapes follow one chain: sample → node (a stack) → frame (a position) → function → strings.
 * Every index is into the table of that name. Times are microseconds, and so are weights but where
 * `meta.weightUnit` says otherwise; lines and columns are 1-based with 0 for "unknown". This folder
 * imports nothing of ours.
 */
import type { Evidence } from "./evidence.ts";

/** What a function's time is spent on. The order is the wire order: append only. */
export const categories = [
  "js",
  "wasm",
  "regexp",
  "builtin",
  "native",
  "kernel",
  "gc",
  "compiler",
  "idle",
  "program",
  "system",
  "unaccounted",
  "app",
] as const;
export type Category = (typeof categories)[number];
export type CategoryId = number;
export function categoryId(category: Category): CategoryId {
  return categories.indexOf(category);
}

/** How the code of a frame was being run. The order is the wire order: append only. */
export const tiers = [
  "unknown",
  "interpreter",
  "baseline",
  "maglev",
  "turbofan",
  "native",
] as const;
export type Tier = (typeof tiers)[number];
export type TierId = number;
export function tierId(tier: Tier): TierId {
  return tiers.indexOf(tier);
}

/** A node's parent when the node is the bottom of a stack. */
export const noParent = -1;

/**
 * Where a row's code stands in the source that the developer wrote, from a source map.
 * `originalLine` 0 means "not mapped".
 */
interface OriginalPosition {
  readonly originalUrl: Uint32Array;
  readonly originalLine: Uint32Array;
  readonly originalColumn: Uint32Array;
}

/** One row per function as the engine knows it: a name with the place of its definition. */
export interface FunctionTable extends OriginalPosition {
  readonly length: number;
  /** String. `""` is an anonymous function; views show it as `(anonymous)`. */
  readonly name: Uint32Array;
  /** String. The script as the engine names it: `file://` URL, path, `node:` id, or `""`. */
  readonly url: Uint32Array;
  readonly line: Uint32Array;
  readonly column: Uint32Array;
  readonly category: Uint8Array;
  /** String. Library, binary or package that holds the function, or `""`. */
  readonly module: Uint32Array;
  /** String. The name in the original source, or `""`. */
  readonly originalName: Uint32Array;
}

/** One row per distinct position inside a function: for a caller, the line of the call. */
export interface FrameTable extends OriginalPosition {
  readonly length: number;
  readonly func: Uint32Array;
  readonly line: Uint32Array;
  readonly column: Uint32Array;
  readonly tier: Uint8Array;
  /** 1 where the compiler had inlined this function into the frame below it. */
  readonly inlined: Uint8Array;
  /** Address inside the function's module for native code, else 0. Never above 2^53. */
  readonly address: Float64Array;
}

/** A prefix tree of stacks. A node's index is always greater than its parent's. */
export interface NodeTable {
  readonly length: number;
  readonly parent: Int32Array;
  readonly frame: Uint32Array;
}

/** One row per sample, in time order within each thread. */
export interface SampleTable {
  readonly length: number;
  readonly node: Uint32Array;
  /** Microseconds since the profile's start. */
  readonly time: Float64Array;
  /** What this sample stands for, in the profile's `weightUnit`. */
  readonly weight: Float64Array;
  readonly thread: Uint16Array;
}

export interface Thread {
  readonly id: number;
  readonly name: string;
  /** Only where the format holds several processes, or says which one it was. */
  readonly pid?: number;
  /** The name of that process. */
  readonly process?: string;
}

/** A span or instant beside the samples: a GC pause, a hang, a signpost. */
export interface Marker {
  readonly name: string;
  /** What views may treat in a way of its own; absent for any other. */
  readonly kind?: "hang";
  readonly category: Category;
  readonly thread: number;
  /** Microseconds since the profile's start. */
  readonly start: number;
  /** Microseconds; 0 for an instant. */
  readonly duration: number;
}

/** A script whose compiled text says where its source map is. */
export interface ScriptInfo {
  /** As the functions of the script have it. */
  readonly url: string;
  /** As in its `sourceMappingURL` comment: relative to `url`, absolute, or a `data:` URL. */
  readonly sourceMapUrl: string;
}

/** Something that could not be read, with how much of it there was. */
export interface Warning {
  /** Stable, kebab-case: what tests and agents match on. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
  readonly count: number;
}

/** What weights count. Times are microseconds whatever the weights are. */
export const weightUnits = ["microseconds", "cycles", "samples"] as const;
export type WeightUnit = (typeof weightUnits)[number];

export interface ProfileMeta {
  /** The format that was read, such as `v8-log`. */
  readonly format: string;
  /** The producer's own version: V8's for a log, `""` when the file does not say. */
  readonly version: string;
  readonly title: string;
  /** Microseconds from the first to the end of the last sample. */
  readonly duration: number;
  /** The nominal sampling interval in microseconds, 0 when unknown. */
  readonly interval: number;
  readonly weightUnit: WeightUnit;
}

export interface Profile {
  readonly meta: ProfileMeta;
  /** The first is `""`. */
  readonly strings: readonly string[];
  readonly functions: FunctionTable;
  readonly frames: FrameTable;
  readonly nodes: NodeTable;
  readonly samples: SampleTable;
  readonly threads: readonly Thread[];
  readonly markers: readonly Marker[];
  /** Only where the format carries the scripts' own text. */
  readonly scripts: readonly ScriptInfo[];
  readonly warnings: readonly Warning[];
  /** Only of recordings that have parts beside the samples. */
  readonly evidence?: Evidence;
}
