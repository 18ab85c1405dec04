/** How the server and its callers speak. Shapes only. */
import * as z from "zod";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput, ToolName, ToolOutput } from "../tools/index.ts";

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
  /** Native names came in: answers about this profile have changed. */
  | { readonly kind: "profile-updated"; readonly profileId: string }
  | { readonly kind: "capture-started"; readonly sessionId: string; readonly title: string }
  /** The program ended or `v8.stop` was called. */
  | { readonly kind: "capture-ended"; readonly sessionId: string };

/** Sent once over the spawn channel when the server can be called. */
export const readySchema = z.object({
  kind: z.literal("ready"),
  instanceId: z.string().min(16),
  pid: z.number().int().positive(),
  port: z.number().int().positive(),
  healthPort: z.number().int().positive(),
  token: z.string().min(32),
});
export type Ready = z.output<typeof readySchema>;

/** `GET /health` on the health port: answered by a thread of its own. */
export const healthSchema = z.object({
  instanceId: z.string(),
  pid: z.number().int(),
  /** Milliseconds since the main loop last showed signs of life. */
  silentMs: z.number(),
  jobs: z.array(z.object({ id: z.string(), tool: z.string(), startedAt: z.number() })),
});
export type Health = z.output<typeof healthSchema>;

export interface ErrorAnswer {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly message: string;
}
