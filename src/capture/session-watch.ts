/** What looks after the processes of a watched session. The room that knows hangs provides it. */
import * as z from "zod";

export const watchSchema = z.object({
  afterMs: z
    .number()
    .int()
    .max(3_600_000)
    .refine((ms) => ms === 0 || ms >= 1_000, "Expected 0, or 1000 and more.")
    .default(10_000)
    .describe("How long a main thread must not have responded, at least 1000; 0 for never"),
  workspaceFolders: z.array(z.string()).default([]),
});
export type WatchOptions = z.output<typeof watchSchema>;

export const capturedHangSchema = z
  .object({
    path: z.string().describe("Absolute path of what was seen, for profile.open"),
    report: z.string().describe("Absolute path of the report in Markdown"),
    pid: z.number().int(),
    title: z.string(),
    verdict: z.string().describe("One or two sentences"),
    stuckIn: z
      .object({ name: z.string(), file: z.string(), line: z.number().int() })
      .exactOptional()
      .describe("The function, in its original source; line is 0 when unknown"),
    unresponsiveMs: z.number().describe("How long it had not responded, at least"),
    capturedAt: z.string().describe("ISO 8601"),
  })
  .readonly();
export type CapturedHang = z.output<typeof capturedHangSchema>;

export interface WatchedSession extends WatchOptions {
  /** The session's own folder; evidence goes beside it. */
  readonly directory: string;
  /** Its processes may have been stuck, and captured, before. */
  readonly isAdopted: boolean;
  readonly onHang: (hang: CapturedHang) => void;
}

export interface SessionWatch {
  /** Its processes run: without the server nobody would look after them. */
  readonly isNeeded: boolean;
  /** Captures no more. Gives what there is, when what is being captured is there too. */
  settle(): Promise<WatchResult>;
  /** Removes the session's folder, when the last of its processes has ended. */
  clear(): Promise<void>;
  /** Leaves all to the next server. */
  abandon(): Promise<void>;
}

export interface WatchResult {
  readonly hangs: readonly CapturedHang[];
  /** Sentences for a person: what was missed. */
  readonly warnings: readonly string[];
}

export type StartWatch = (session: WatchedSession) => SessionWatch;
