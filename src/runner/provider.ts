/**
 * Who runs commands on a device. A local Xcode is one (`local-runners.ts`); a farm of remote
 * devices, or a test's, needs no more than `runCommand`.
 */
import * as z from "zod";
import type { Environment } from "../toolchain/environment.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { CacheBounds, ListedEntry } from "./cache/prune.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { platformNames } from "./platforms.ts";
import type { PrepareInput, PrepareResult, PrepareState } from "./prepare-result.ts";
import { commandStateSchema } from "./session/runner-protocol.ts";

export interface RunnerTask extends TaskOptions {
  /** Over the server's own. */
  readonly env: Environment;
}

/** Which runner is meant; may be left out when there is only one. */
const which = {
  platform: z.enum(platformNames).optional(),
  device: z.string().optional().describe("UDID; needed when more than one runner is ready"),
};

export const commandInputSchema = z.object({
  ...which,
  name: z.string().min(1).describe("As the runner knows it, such as `tap`"),
  arguments: z.record(z.string(), z.unknown()).default({}),
  mutating: z
    .boolean()
    .default(true)
    .describe("Whether it changes anything: such a command is never sent twice"),
  id: z
    .string()
    .regex(/^[\w-]{1,80}$/)
    .optional()
    .describe("To ask for it later, or to give it again without running it again"),
  timeoutMs: z.number().int().min(1).max(3_600_000).default(60_000),
});
export type CommandInput = z.output<typeof commandInputSchema>;

export const commandAnswerSchema = z
  .object({
    ok: z.boolean(),
    id: z.string(),
    result: z.unknown().optional(),
    error: z.object({ code: z.string(), message: z.string() }).readonly().exactOptional(),
    replayed: z
      .boolean()
      .describe("It did not arrive at first, and was sent to a runner that was made ready again"),
  })
  .readonly();
export type CommandAnswer = z.output<typeof commandAnswerSchema>;

export const statusInputSchema = z.object({
  ...which,
  command: z.string().optional().describe("Id of a command whose state is wanted"),
});
export type StatusInput = z.output<typeof statusInputSchema>;

const runnerState = z
  .object({
    device: z.string().describe("UDID; empty for this Mac"),
    name: z.string(),
    platform: z.string(),
    state: z
      .enum(["ready", "busy", "silent", "gone"])
      .describe("silent: its process lives, but it does not answer; gone: it has ended"),
    key: z.string(),
    instance: z.string(),
    port: z.number().int(),
    pid: z.number().int(),
    uptimeMs: z.number().exactOptional(),
    startedAt: z.string(),
    command: commandStateSchema.exactOptional(),
  })
  .readonly();
export type RunnerState = z.output<typeof runnerState>;

export const statusAnswerSchema = z.object({ runners: z.array(runnerState).readonly() }).readonly();
export type StatusAnswer = z.output<typeof statusAnswerSchema>;

export const stopInputSchema = z.object(which);
export type StopInput = z.output<typeof stopInputSchema>;

export const prewarmAnswerSchema = z
  .object({
    warmed: z.array(z.string()).readonly().describe("What the next prepare does not have to ask"),
    skipped: z.string().exactOptional().describe("Why no more was warmed"),
  })
  .readonly();
export type PrewarmAnswer = z.output<typeof prewarmAnswerSchema>;

export interface RunnerProvider {
  /** @throws RunnerError when it is not known to have been carried out. */
  runCommand(input: CommandInput, task: RunnerTask): Promise<CommandAnswer>;
  /** What went wrong is an answer; @throws the signal's reason. */
  prepare?(
    input: PrepareInput,
    task: RunnerTask,
    listener?: PrepareListener,
  ): Promise<PrepareResult>;
  /** Never fails, and never delays a preparation. */
  prewarm?(input: PrepareInput, task: RunnerTask): Promise<PrewarmAnswer>;
}

/** What happens while one preparation goes on, for whoever asked for it. */
export interface PrepareListener {
  readonly onState?: (state: PrepareState) => void;
  /** Of the compiler, as they come. */
  readonly onLines?: (lines: readonly string[]) => void;
  /** All there are so far. */
  readonly onDiagnostics?: (diagnostics: readonly Diagnostic[]) => void;
}

/** What the server's tools need: a provider that also tells of its runners and looks after a cache. */
export interface RunnerService extends RunnerProvider {
  status(input: StatusInput, task: RunnerTask): Promise<StatusAnswer>;
  /** Gives what was stopped. */
  stop(input: StopInput, task: RunnerTask): Promise<StatusAnswer>;
  listCache(cacheDir?: string): Promise<readonly ListedEntry[]>;
  /** Gives the keys that went. */
  pruneCache(bounds: CacheBounds, cacheDir?: string): Promise<readonly string[]>;
  /** False for one that is in use, or not there. */
  removeEntry(key: string, cacheDir?: string): Promise<boolean>;
  /** Writes one entry into a `.tar.zst` or `.tar.gz`. */
  exportEntry(key: string, file: string, task: RunnerTask, cacheDir?: string): Promise<void>;
  /** Gives its key. */
  importEntry(file: string, task: RunnerTask, cacheDir?: string): Promise<string>;
  /** Ends what this process has started. */
  dispose(): Promise<void>;
}
