/** What a build or a test run has to say about a place. */
import * as z from "zod";

const position = {
  /** Absolute path; absent for what is wrong with the project as a whole. */
  file: z.string().exactOptional(),
  /** From 1; absent when only the file is known. */
  line: z.number().int().positive().exactOptional(),
  column: z.number().int().positive().exactOptional(),
};

export const diagnosticSchema = z
  .object({
    ...position,
    severity: z.enum(["error", "warning", "note"]),
    /** What it is about: where there is no file, editors choose a place by this. */
    kind: z.enum(["compile", "link", "project", "signing", "script", "destination", "test"]),
    message: z.string().describe("May have several lines"),
    target: z.string().exactOptional(),
    related: z
      .array(z.object({ ...position, message: z.string() }).readonly())
      .readonly()
      .describe("The compiler's notes"),
  })
  .readonly();
export type Diagnostic = z.output<typeof diagnosticSchema>;
export type Related = Diagnostic["related"][number];
export type Position = Pick<Diagnostic, "file" | "line" | "column">;

/** Editors show no more; a build with more has one cause. */
export const maxDiagnostics = 1_000;
