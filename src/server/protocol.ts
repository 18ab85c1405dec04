/** How the server and its callers speak. Shapes only. */
import * as z from "zod";
import type { CapturedHang } from "../capture/session-watch.ts";
import type { RunnerEvent } from "../runner/runner-events.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput, ToolName, ToolOutput } from "../tools/index.ts";
import { stateSchema } from "./state-file.ts";

/** One live server: what the extension, the CLI and tests talk to. */
export interface ToolClient {
  /**
   * Runs a tool as a job of the server. Aborting the signal cancels the job.
   * @throws ToolError with the server's code and message.
   */
  call<N extends ToolName>(
    name: N,
    input: ToolInput<N>,
    task?: TaskOptions,
  ): Promise<ToolOutput<N>>;
}

/** What the server says by itself. */
export type ServerEvent =
  /** A job came, told of progress or went: these are under way. */
  | { readonly kind: "jobs"; readonly jobs: Health["jobs"] }
  /** Native names came in: answers about this profile have changed. */
  | { readonly kind: "profile-updated"; readonly profileId: string }
  | { readonly kind: "capture-started"; readonly sessionId: string; readonly title: string }
  /** The program ended or `v8.stop` was called. */
  | { readonly kind: "capture-ended"; readonly sessionId: string }
  /** A watched program did not respond: see `CaptureEvent`. */
  | ({ readonly kind: "hang-captured"; readonly sessionId: string } & CapturedHang)
  /** Of preparations whose caller gave them an id. */
  | RunnerEvent;

/** Sent once over the spawn channel. */
export const spawnMessageSchema = z.discriminatedUnion("kind", [
  /** It can be called, and its state is written. */
  z.object({ kind: z.literal("ready"), state: stateSchema }),
  /** Another server holds this folder; this one leaves without having served. */
  z.object({ kind: z.literal("taken") }),
  /** It cannot start; this one leaves. */
  z.object({ kind: z.literal("failed"), message: z.string() }),
]);
export type SpawnMessage = z.output<typeof spawnMessageSchema>;

/** `GET /health` on the health port: answered by a thread of its own. */
export const healthSchema = z.object({
  instanceId: z.string(),
  pid: z.number().int(),
  uptimeMs: z.number(),
  /** Since the main loop last showed signs of life. */
  silentMs: z.number(),
  /** Running and waiting to run, oldest first. */
  jobs: z.array(
    z.object({
      id: z.string(),
      tool: z.string(),
      state: z.enum(["waiting", "running"]),
      /** Since the call came in. */
      elapsedMs: z.number(),
      /** Since it last told of progress, or came in. */
      quietMs: z.number(),
      message: z.string().optional(),
    }),
  ),
});
export type Health = z.output<typeof healthSchema>;

export interface ErrorAnswer {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
}
