/** What is remembered of a recording by Instruments: enough to stop and export it later. */
import * as z from "zod";
import { strategies } from "./strategies.ts";

export const appleRecordSchema = z.object({
  title: z.string(),
  /** Apple's own words: `26.4.1 (17E202)`. */
  xcode: z.string(),
  strategy: z.enum(strategies),
  /** Why it was chosen. */
  reason: z.string(),
  template: z.string(),
  /** Whose samples count; absent when that is not known, or when every process counts. */
  pid: z.number().int().optional(),
  exportLimitSeconds: z.number(),
});
export type AppleRecord = z.output<typeof appleRecordSchema>;
