/** What `profile.query` answers when it is asked for findings. */
import * as z from "zod";
import type { FindingsAnswer } from "../profile/query.ts";
import { count, functionInfo, meta, microseconds, thread, total, warning } from "./answer-parts.ts";

const share = z.number().min(0).max(1);

const part = z.object({
  state: z.enum(["read", "incomplete", "not-finished", "not-recorded", "failed"]),
  reason: z.string().describe("Why, and what to do about it; empty for read"),
});

const hang = z.object({
  type: z.string(),
  thread: count.describe("Index into the profile's threads"),
  start: microseconds,
  duration: microseconds,
  samples: count,
  busy: microseconds,
  stack: z
    .array(functionInfo.extend({ frameUrl: z.string(), frameLine: count, time: microseconds }))
    .describe("The way most of the time went, innermost first"),
  culprit: z.number().int().describe("Index into stack of the app's innermost function, or -1"),
});

const leakGroup = z.object({
  type: z.string(),
  frame: z.string().describe("The function that is responsible, empty when unknown"),
  library: z.string(),
  count,
  bytes: count,
  place: functionInfo.exactOptional().describe("The responsible function, where samples tell"),
});

const hotFunction = functionInfo.extend({
  isApp: z.boolean(),
  own: microseconds.describe("Where it was the app's innermost function"),
  self: microseconds,
  total: microseconds,
  share,
  duringHangs: share.describe("The part of total on a hanging thread while it hung"),
});

export const findings: z.ZodType<FindingsAnswer> = z.object({
  kind: z.literal("findings"),
  meta,
  samples: part.extend({ count }),
  hangs: part.extend({ found: z.array(hang).describe("Longest first") }),
  leaks: part.extend({ groups: z.array(leakGroup).describe("Most bytes first") }),
  functions: z.array(hotFunction).describe("The app's first"),
  threads: z.array(thread.extend({ thread: count, time: microseconds })),
  bursts: z.array(z.object({ start: microseconds, duration: microseconds, time: microseconds })),
  total,
  warnings: z.array(warning),
});
