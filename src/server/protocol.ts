/** How callers see the server, whatever carries the calls. Types only. */

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
