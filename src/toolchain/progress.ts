/** How far a long task has come: said by whoever does the work, shown by whoever asked for it. */
import * as z from "zod";

export const progressSchema = z
  .object({
    message: z.string().describe('What is being done, such as "Reading app-v8.log"'),
    done: z.number().exactOptional().describe("In units; absent when unknown"),
    total: z.number().exactOptional(),
    unit: z.enum(["bytes", "items", "ms"]).exactOptional(),
  })
  .readonly();
export type Progress = z.output<typeof progressSchema>;

/** What every long task takes. */
export interface TaskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}
