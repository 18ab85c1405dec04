/**
 * `.hangscope-hang`: what was seen of a process that hung. The stacks it was found in whenever it
 * was paused, and the report of all that was tried. Positions are those of the code that ran.
 */
import * as z from "zod";

/** Tells the file from others by its first bytes. */
export const hangHead = /^\s*\{\s*"format"\s*:\s*"hangscope-hang"/;
export const hangExtension = ".hangscope-hang";

const count = z.number().int().nonnegative();

/** Lines and columns are 1-based, 0 for unknown. */
const frameSchema = z
  .object({
    name: z.string(),
    url: z.string(),
    line: count,
    column: count,
    /** Where its function begins. */
    functionLine: count,
    functionColumn: count,
    /** Of native code: the program or library. */
    module: z.string().default(""),
  })
  .readonly();
export type HangFrame = z.output<typeof frameSchema>;

const stackSchema = z
  .object({
    /** Microseconds since the capture began. */
    time: z.number().nonnegative(),
    /** How often it was found. */
    samples: z.number().int().positive().default(1),
    /** Indices of `frames`, innermost first. */
    frames: z.array(count).readonly(),
  })
  .readonly();
export type HangStack = z.output<typeof stackSchema>;

export const stepNames = ["probe", "pause", "sampler", "native", "profile"] as const;

/** Why a log of V8's sampler is not that of the thread that is stuck. */
const logExclusions = [
  "before-launch",
  "no-beginning",
  "not-picked",
  "unreadable",
  "quiet",
  "idle",
  "not-read",
  "other-script",
  "fewer-samples",
] as const;
export type LogExclusion = (typeof logExclusions)[number];

const candidateSchema = z
  .object({
    path: z.string(),
    samples: count.describe("Of the last two seconds, without idle ones"),
    lastSampleAgoMs: z.number().nonnegative().exactOptional(),
    scriptUrl: z.string().exactOptional().describe("Where it was most often"),
    excluded: z.enum(logExclusions).exactOptional().describe("Why it was not chosen"),
  })
  .readonly();
export type LogCandidate = z.output<typeof candidateSchema>;

export const stepSchema = z
  .object({
    step: z.enum(stepNames),
    outcome: z
      .enum(["named", "told", "failed", "skipped"])
      .describe("named: it gave the function; told: it gave something else"),
    reason: z.string().optional().describe("Stable, kebab-case, when it failed or was skipped"),
    message: z.string().describe("One sentence for a person"),
    ms: z.number().nonnegative().describe("Milliseconds that it took"),
    candidates: z
      .array(candidateSchema)
      .readonly()
      .exactOptional()
      .describe("The logs of V8's sampler that were there: the chosen one first, then the next"),
  })
  .readonly();
export type HangStep = z.output<typeof stepSchema>;

export const heapSchema = z
  .object({
    trend: z.enum(["climbing", "flat", "unknown"]),
    usedBytes: z.array(count).readonly().describe("Of V8's heap, in the order of asking"),
    residentBytes: count.optional().describe("Of the whole process, at the end"),
  })
  .readonly();
export type HeapReport = z.output<typeof heapSchema>;

/** Whether a browser's pages are kept from the rest of the system. */
export const sandboxSchema = z.object({
  sandbox: z.enum(["on", "off"]),
  withoutSandbox: z.string().optional().describe("Why it is off: what a launch with it said"),
});
export type Sandbox = Readonly<z.output<typeof sandboxSchema>>;

export const hangFileSchema = z
  .object({
    format: z.literal("hangscope-hang"),
    version: z.literal(1),
    title: z.string(),
    /** Address of the page that it is, if it is one. */
    page: z.string().optional(),
    /** Of a page in a browser that we started. */
    browser: sandboxSchema.readonly().optional(),
    /** ISO 8601. */
    capturedAt: z.string(),
    /** Microseconds that the capture took. */
    duration: z.number().nonnegative(),
    /** Milliseconds that the main thread had not responded before, at least; known to a watchdog. */
    unresponsiveMs: z.number().nonnegative().optional(),
    /** Whether the main thread took other work while it was watched. */
    responsive: z.boolean(),
    frames: z.array(frameSchema).readonly(),
    stacks: z.array(stackSchema).readonly(),
    scripts: z.array(z.object({ url: z.string(), sourceMapUrl: z.string() })).readonly(),
    steps: z.array(stepSchema).readonly(),
    heap: heapSchema.optional(),
  })
  .readonly();
export type HangFile = z.output<typeof hangFileSchema>;
