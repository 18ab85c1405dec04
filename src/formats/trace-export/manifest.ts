/**
 * The small file that stands for an exported trace: which XML beside it holds what, whose process
 * is meant, and what could not be exported. Editors open files, and a trace is a folder.
 */
import * as z from "zod";

/** The whole name's ending; `StuckApp.hangscope-trace`. */
export const manifestExtension = ".hangscope-trace";

const part = z.enum(["samples", "hangs", "leaks"]);

export const manifestSchema = z.object({
  /** First in the file, which is recognized by it. */
  hangscope: z.literal("trace-export"),
  version: z.literal(1),
  title: z.string(),
  /** File names in the same folder, or absolute paths. */
  files: z.object({
    toc: z.string().optional(),
    samples: z.string().optional(),
    hangs: z.string().optional(),
    leaks: z.string().optional(),
  }),
  /** Number of the run that was exported, where that is known. */
  run: z.number().int().optional(),
  /** The target; absent when every process counts. */
  pid: z.number().int().nonnegative().optional(),
  /** What the trace holds but could not be exported whole: a file of it may still be there. */
  failures: z.array(z.object({ part, message: z.string() })),
  /** Why a part was not recorded, where that is known. */
  notRecorded: z.array(z.object({ part, reason: z.string() })).default([]),
});
export type TraceManifest = z.output<typeof manifestSchema>;

export function formatManifest(manifest: TraceManifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** The beginning of every manifest. */
export const manifestHead = /^\s*\{\s*"hangscope"\s*:\s*"trace-export"/;
