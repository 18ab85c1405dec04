/**
 * The questions that every view, lens and command puts to a profile, and the shapes of the
 * answers. Every answer is bounded: a view asks for what it shows, never for all. Times are
 * microseconds; lines and columns are 1-based, 0 for unknown.
 */
import * as z from "zod";
import type { HangAccount, LeakGroup, Part } from "./evidence.ts";
import type { Category, ProfileMeta, Thread, Warning, WeightUnit } from "./profile.ts";

/** Which samples count. Idle samples never do unless asked for. */
export const filterSchema = z.object({
  /** Index into the profile's threads; all when absent. */
  thread: z.number().int().min(0).optional(),
  /** Microseconds since the profile's start. */
  from: z.number().optional(),
  to: z.number().optional(),
  includeIdle: z.boolean().default(false),
});

const filter = filterSchema.prefault({});
const id = z.number().int().min(0);
const limit = z.number().int().min(1).max(10_000);

export const sortKeys = ["self", "total", "name", "location"] as const;
const sort = z.enum(sortKeys).default("self");
const order = z.enum(["ascending", "descending"]).default("descending");

export const querySchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("summary"), filter }),
  /** The merged call tree as boxes, widest first ("left heavy"). */
  z.object({
    kind: z.literal("flame"),
    filter,
    /**
     * Tree node whose subtree to show, as an answer gave it; the whole tree when absent. It stays
     * the same when native names come in, and when the same file is opened again.
     */
    root: id.optional(),
    maxDepth: z.number().int().min(1).max(10_000).default(200),
    /** Boxes below this share of the root's total are left out and counted. */
    minShare: z.number().min(0).max(1).default(0.0005),
  }),
  /** Callers above and callees below one function, both as boxes. */
  z.object({
    kind: z.literal("sandwich"),
    filter,
    func: id,
    maxDepth: z.number().int().min(1).max(10_000).default(200),
    minShare: z.number().min(0).max(1).default(0.0005),
  }),
  /** A page of the flat function list. */
  z.object({
    kind: z.literal("functions"),
    filter,
    /** Case-insensitive substring of name, location or module. */
    text: z.string().default(""),
    sort,
    order,
    offset: z.number().int().min(0).default(0),
    limit: limit.default(200),
  }),
  /** The children of one row of a tree table; the top rows for an empty path. */
  z.object({
    kind: z.literal("children"),
    filter,
    view: z.enum(["call-tree", "bottom-up"]),
    /** Function ids from the top row down. */
    path: z.array(id).max(10_000),
    sort,
    order,
    offset: z.number().int().min(0).default(0),
    limit: limit.default(200),
  }),
  /** Functions and lines of one source file, by absolute path or URL. */
  z.object({ kind: z.literal("file"), filter, path: z.string() }),
  /** The hottest functions that stand in a source file, with their lines and callers. */
  z.object({
    kind: z.literal("hottest"),
    filter,
    limit: limit.default(20),
    /** Share of all time, 0 to 1. */
    minShare: z.number().min(0).max(1).default(0),
  }),
  /** The flat function list for other programs: generated and original positions apart. */
  z.object({ kind: z.literal("report"), filter, limit: limit.default(10_000) }),
  /** The stacks that samples were most often in. */
  z.object({ kind: z.literal("stacks"), filter, limit: limit.default(20) }),
  /** Where frames stand, in the original source where mapped. */
  z.object({ kind: z.literal("frames"), frames: z.array(id).max(10_000) }),
  /** How much of all time the functions that match a text are on the stack. */
  z.object({ kind: z.literal("search"), filter, text: z.string(), limit: limit.default(1000) }),
  /** Hangs, hot functions, bursts and leaks in the words of a person; see `views/findings.ts`. */
  z.object({ kind: z.literal("findings"), filter, limit: limit.default(20) }),
  /** Time by category in equal buckets from start to end, idle included. */
  z.object({
    kind: z.literal("timeline"),
    thread: id.optional(),
    buckets: z.number().int().min(1).max(4096).default(600),
  }),
]);

export type Filter = z.output<typeof filterSchema>;
/** A query as a client may write it: defaults left out. */
export type QueryInput = z.input<typeof querySchema>;
/** A query with its defaults filled in. */
export type Query = z.output<typeof querySchema>;
export type QueryKind = Query["kind"];
export type QueryOf<K extends QueryKind> = Extract<Query, { kind: K }>;

/** A function as views show it: the original position where mapped, else the generated one. */
export interface FunctionInfo {
  readonly id: number;
  /** Never empty: `(anonymous)` when the engine knows no name. */
  readonly name: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly category: Category;
  readonly module: string;
}

export interface SummaryAnswer {
  readonly kind: "summary";
  readonly meta: ProfileMeta;
  readonly threads: readonly Thread[];
  readonly samples: number;
  readonly nodes: number;
  readonly functions: number;
  /** Samples and microseconds by category, only those that occur; idle included. */
  readonly byCategory: readonly {
    readonly category: Category;
    readonly samples: number;
    readonly time: number;
  }[];
  /** Microseconds that the filter lets through: what a share is a share of. */
  readonly total: number;
  readonly warnings: readonly Warning[];
  /** Whether `findings` has more to say than samples can. */
  readonly hasEvidence: boolean;
}

/** Boxes in preorder; `func` indexes `functions` of the same answer. */
export interface Boxes {
  /** Tree node, for a later `root`. -1 where the box has no subtree of its own to ask for. */
  readonly id: Int32Array;
  /** 0 for the root's row. */
  readonly depth: Uint32Array;
  readonly func: Uint32Array;
  /** Microseconds from the left edge. */
  readonly start: Float64Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
}

export interface FlameAnswer {
  readonly kind: "flame";
  readonly boxes: Boxes;
  readonly functions: readonly FunctionInfo[];
  /** Microseconds across the root's row. */
  readonly total: number;
  /** Boxes left out because they were too narrow or too deep. */
  readonly omitted: number;
  /** From the bottom of the stack to the parent of `root`, as tree nodes. */
  readonly ancestors: readonly { readonly id: number; readonly func: FunctionInfo }[];
}

export interface SandwichAnswer {
  readonly kind: "sandwich";
  readonly func: FunctionInfo;
  readonly self: number;
  readonly total: number;
  /** Depth 0 is the function itself in both. */
  readonly callers: Boxes;
  readonly callees: Boxes;
  readonly functions: readonly FunctionInfo[];
  readonly omitted: number;
}

/** Rows of a table; `func` indexes `functions` of the same answer. */
export interface Rows {
  readonly func: Uint32Array;
  readonly self: Float64Array;
  readonly total: Float64Array;
  /** 1 where `children` has more to show. */
  readonly expandable: Uint8Array;
}

export interface TableAnswer {
  readonly kind: "functions" | "children";
  readonly rows: Rows;
  readonly functions: readonly FunctionInfo[];
  /** Rows in all, before paging. */
  readonly count: number;
  /** Microseconds that the filter lets through. */
  readonly total: number;
}

export interface FileAnswer {
  readonly kind: "file";
  readonly weightUnit: WeightUnit;
  /** `self` includes the built-in and native code that the function called. */
  readonly functions: readonly (FunctionInfo & { readonly self: number; readonly total: number })[];
  /** Lines that were on a stack, ascending. */
  readonly lines: {
    readonly line: Uint32Array;
    /**
     * Time in which this line was the innermost one with a source: built-in and native code is
     * charged to the line that called it.
     */
    readonly self: Float64Array;
    readonly total: Float64Array;
  };
  readonly total: number;
}

export interface HotFunction extends FunctionInfo {
  /**
   * Time in which this function was the innermost one with a source, so that built-in and native
   * code counts for the function that called it.
   */
  readonly self: number;
  readonly total: number;
  /** Up to five lines, hottest first; of another file where code of that file was inlined. */
  readonly lines: readonly {
    readonly url: string;
    readonly line: number;
    readonly self: number;
  }[];
  /** Up to five direct callers with a source, by the time they account for, at the calling line. */
  readonly callers: readonly (FunctionInfo & {
    readonly callUrl: string;
    /** 0 where only the caller is known. */
    readonly callLine: number;
    readonly time: number;
  })[];
}

export interface HottestAnswer {
  readonly kind: "hottest";
  readonly weightUnit: WeightUnit;
  readonly functions: readonly HotFunction[];
  readonly total: number;
}

/** `line` and `column` are 0 where unknown. */
export interface ReportPosition {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** Position and name as the engine ran them; `original` where a source map has them. */
export interface ReportFunction extends ReportPosition {
  readonly category: Category;
  readonly module: string;
  readonly self: number;
  readonly total: number;
  readonly selfSamples: number;
  readonly original?: ReportPosition;
}

export interface ReportAnswer {
  readonly kind: "report";
  /** By self time, then total. */
  readonly functions: readonly ReportFunction[];
  /** Functions in all, before the limit. */
  readonly count: number;
  readonly total: number;
}

export interface SearchAnswer {
  readonly kind: "search";
  /** Function ids by total time, at most `limit`. */
  readonly matches: Uint32Array;
  readonly count: number;
  /** Microseconds with any match on the stack. */
  readonly time: number;
  readonly total: number;
}

export interface TimelineAnswer {
  readonly kind: "timeline";
  readonly buckets: number;
  /** Microseconds a bucket stands for. */
  readonly bucketTime: number;
  /** Microseconds, row by row: `buckets` values for each entry of `categories`. */
  readonly time: Float64Array;
  readonly categories: readonly Category[];
  /** In time order; at most 500, the longest ones. */
  readonly hangs: readonly {
    readonly type: string;
    readonly thread: number;
    readonly start: number;
    readonly duration: number;
  }[];
}

/** A frame of one stack, at the line that took most of the time. */
export interface StackFrame extends FunctionInfo {
  readonly frameUrl: string;
  /** 0 where only the function is known. */
  readonly frameLine: number;
  /** Weight of the samples that had it there. */
  readonly time: number;
}

export interface HangFinding {
  /** As the recorder names it, such as `Severe Hang`. */
  readonly type: string;
  /** Index into the profile's threads. */
  readonly thread: number;
  /** Microseconds since the profile's start. */
  readonly start: number;
  readonly duration: number;
  /** Of its thread while it hung; none where the thread waited, and beyond the longest hangs. */
  readonly samples: number;
  /** Their weight. */
  readonly busy: number;
  /** The way most of the time went, innermost first. */
  readonly stack: readonly StackFrame[];
  /** Index into `stack` of the innermost function of the app's with a line, or -1. */
  readonly culprit: number;
}

export interface HotFinding extends FunctionInfo {
  readonly isApp: boolean;
  /** Time in which it was the innermost function of the app's. 0 for any other function. */
  readonly own: number;
  readonly self: number;
  readonly total: number;
  /** Of all time, 0 to 1: of `own` for the app's functions, of `self` for others. */
  readonly share: number;
  /** The part of `total` that was spent on a hanging thread while it hung, 0 to 1. */
  readonly duringHangs: number;
}

export interface ThreadFinding extends Thread {
  /** Index into the profile's threads. */
  readonly thread: number;
  readonly time: number;
}

export interface Burst {
  /** Microseconds. */
  readonly start: number;
  readonly duration: number;
  /** Time on all cores. */
  readonly time: number;
}

export interface LeakFinding extends LeakGroup {
  /** The responsible function, where samples of the same recording say where it stands. */
  readonly place?: FunctionInfo;
}

export interface FindingsAnswer {
  readonly kind: "findings";
  readonly meta: ProfileMeta;
  readonly samples: Part & { readonly count: number };
  /** Longest first. */
  readonly hangs: Part & { readonly found: readonly HangFinding[] };
  readonly leaks: Part & { readonly groups: readonly LeakFinding[] };
  /** The app's first; see `views/findings.ts`. */
  readonly functions: readonly HotFinding[];
  /** Busiest first. */
  readonly threads: readonly ThreadFinding[];
  /** In time order; none where weights are no times. */
  readonly bursts: readonly Burst[];
  readonly total: number;
  readonly warnings: readonly Warning[];
  /** Of captures of a hang. */
  readonly account?: HangAccount;
}

export interface FramesAnswer {
  readonly kind: "frames";
  /** In the order of the question. */
  readonly frames: readonly FrameInfo[];
}

export interface FrameInfo {
  readonly func: FunctionInfo;
  /** Of the position that ran: 0 for unknown lines and columns. */
  readonly url: string;
  readonly line: number;
  readonly column: number;
  /** The app's own: not the system's, and not Node's own JavaScript. */
  readonly isApp: boolean;
}

export interface StacksAnswer {
  readonly kind: "stacks";
  /** Most samples first. */
  readonly stacks: readonly SampledStack[];
  /** In the filter, those of stacks beyond the limit too. */
  readonly samples: number;
}

export interface SampledStack {
  readonly samples: number;
  /** Innermost first. */
  readonly frames: readonly RunFrame[];
}

/** A position as it was run: in the code that the engine had, not in its original source. */
export interface RunFrame {
  readonly name: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
  /** Where the function begins. */
  readonly functionLine: number;
  readonly functionColumn: number;
  readonly module: string;
  readonly category: Category;
}

interface AnswerByKind {
  summary: SummaryAnswer;
  flame: FlameAnswer;
  sandwich: SandwichAnswer;
  functions: TableAnswer;
  children: TableAnswer;
  file: FileAnswer;
  hottest: HottestAnswer;
  report: ReportAnswer;
  stacks: StacksAnswer;
  frames: FramesAnswer;
  search: SearchAnswer;
  timeline: TimelineAnswer;
  findings: FindingsAnswer;
}
export type AnswerTo<K extends QueryKind> = AnswerByKind[K];
export type Answer = AnswerTo<QueryKind>;
