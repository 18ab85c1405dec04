/**
 * What `profile.query` answers, as its callers are told: one schema for each kind of question. The
 * types are those of `profile/query.ts`, which no schema may fall behind: a kind, or a field that
 * every answer has, does not compile when it is missing here, and the tools' tests find the rest.
 */
import * as z from "zod";
import type { Answer, AnswerTo, QueryKind } from "../profile/query.ts";
import {
  boxes,
  category,
  column,
  count,
  functionInfo,
  meta,
  microseconds,
  thread,
  total,
  warning,
  weightUnit,
} from "./answer-parts.ts";
import { findings } from "./findings-schema.ts";

const summary = z.object({
  kind: z.literal("summary"),
  meta,
  threads: z.array(thread),
  samples: count,
  nodes: count,
  functions: count,
  byCategory: z.array(z.object({ category, samples: count, time: microseconds })),
  total,
  warnings: z.array(warning),
  hasEvidence: z.boolean().describe("Whether findings has more to say than samples can"),
});

const flame = z.object({
  kind: z.literal("flame"),
  boxes,
  functions: z.array(functionInfo),
  total: microseconds.describe("Across the root's row"),
  omitted: count.describe("Boxes that were too narrow or too deep"),
  ancestors: z
    .array(z.object({ id: z.number().int(), func: functionInfo }))
    .describe("From the bottom of the stack to the parent of root, as tree nodes"),
});

const sandwich = z.object({
  kind: z.literal("sandwich"),
  func: functionInfo,
  self: microseconds,
  total: microseconds,
  callers: boxes,
  callees: boxes,
  functions: z.array(functionInfo),
  omitted: count,
});

const table = z.object({
  kind: z.enum(["functions", "children"]),
  rows: z
    .object({
      func: column(Uint32Array),
      self: column(Float64Array),
      total: column(Float64Array),
      expandable: column(Uint8Array),
    })
    .describe("func indexes functions; expandable is 1 where children has more"),
  functions: z.array(functionInfo),
  count: count.describe("Rows in all, before paging"),
  total,
});

const file = z.object({
  kind: z.literal("file"),
  weightUnit,
  functions: z.array(functionInfo.extend({ self: microseconds, total: microseconds })),
  lines: z
    .object({
      line: column(Uint32Array),
      self: column(Float64Array),
      total: column(Float64Array),
    })
    .describe("Lines that were on a stack, ascending; self includes what has no source"),
  total,
});

const hottest = z.object({
  kind: z.literal("hottest"),
  weightUnit,
  functions: z.array(
    functionInfo.extend({
      self: microseconds.describe("Includes built-in and native code that it called"),
      total: microseconds,
      lines: z.array(z.object({ url: z.string(), line: count, self: microseconds })),
      callers: z.array(
        functionInfo.extend({ callUrl: z.string(), callLine: count, time: microseconds }),
      ),
    }),
  ),
  total,
});

const reportPosition = z.object({
  name: z.string(),
  url: z.string(),
  line: count,
  column: count,
});

const report = z.object({
  kind: z.literal("report"),
  functions: z.array(
    reportPosition.extend({
      category,
      module: z.string(),
      self: microseconds,
      total: microseconds,
      selfSamples: count,
      original: reportPosition.exactOptional().describe("Where a source map has it"),
    }),
  ),
  count: count.describe("Functions in all, before the limit"),
  total,
});

const stacks = z.object({
  kind: z.literal("stacks"),
  stacks: z.array(
    z.object({
      samples: count,
      frames: z.array(
        z.object({
          name: z.string(),
          url: z.string(),
          line: count,
          column: count,
          functionLine: count,
          functionColumn: count,
          module: z.string(),
          category,
        }),
      ),
    }),
  ),
  samples: count,
});

const frames = z.object({
  kind: z.literal("frames"),
  frames: z.array(
    z.object({
      func: functionInfo,
      url: z.string(),
      line: count,
      column: count,
      isApp: z.boolean().describe("Neither the system's nor the runtime's"),
    }),
  ),
});

const search = z.object({
  kind: z.literal("search"),
  matches: column(Uint32Array),
  count,
  time: microseconds.describe("With any match on the stack"),
  total,
});

const timeline = z.object({
  kind: z.literal("timeline"),
  buckets: count,
  bucketTime: microseconds.describe("What a bucket stands for"),
  time: column(Float64Array),
  categories: z.array(category).describe("A row of time for each, one value for each bucket"),
  hangs: z
    .array(
      z.object({ type: z.string(), thread: count, start: microseconds, duration: microseconds }),
    )
    .describe("In time order; the longest ones"),
});

const answers: { readonly [K in QueryKind]: z.ZodType<AnswerTo<K>> } = {
  summary,
  flame,
  sandwich,
  functions: table,
  children: table,
  file,
  hottest,
  report,
  stacks,
  frames,
  search,
  timeline,
  findings,
};

export const answerSchema: z.ZodType<Answer> = z
  .union([...new Set(Object.values(answers))])
  .describe("By the kind of the question. Times are microseconds");
