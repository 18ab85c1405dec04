/** What of an Apple platform can be recorded, as its caller asks for it. */
import * as z from "zod";
import { strategies } from "./strategies.ts";

export const defaultLimitSeconds = 300;

export const appleTargetSchema = z.object({
  kind: z.literal("apple"),
  device: z
    .string()
    .optional()
    .describe("UDID of a simulator or device, as apple.devices gives it; this Mac when absent"),
  process: z
    .discriminatedUnion("by", [
      z.object({ by: z.literal("pid"), pid: z.number().int().positive() }),
      z.object({
        by: z.literal("name"),
        name: z.string().min(1).describe("Bundle id or name of a running app"),
      }),
      z.object({
        by: z.literal("command"),
        argv: z.array(z.string()).min(1).describe("Started by the recorder; no shell"),
        env: z.record(z.string(), z.string()).default({}),
      }),
      z.object({ by: z.literal("everything") }),
    ])
    .describe("Whom to record: a process, a command to start, or every process"),
  template: z
    .string()
    .default("cpu-hangs")
    .describe("cpu, cpu-hangs, leaks, or the absolute path of a .tracetemplate"),
  limitSeconds: z.number().int().min(1).max(3600).default(defaultLimitSeconds),
  strategy: z
    .enum(strategies)
    .optional()
    .describe("Over the choice by Xcode's version; see the setting hangscope.apple.strategy"),
  exportLimitSeconds: z
    .number()
    .int()
    .min(1)
    .default(60)
    .describe("How long exporting a table may go on without writing"),
});
export type AppleTarget = z.output<typeof appleTargetSchema>;

/** Whom to record, for a person. */
export function describeProcess({ process }: AppleTarget): string {
  switch (process.by) {
    case "pid":
      return `process ${process.pid}`;
    case "name":
      return process.name;
    case "command":
      return process.argv[0]!.split("/").at(-1)!;
    case "everything":
      return "all processes";
  }
}
