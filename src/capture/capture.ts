/** What can be captured, and what starting and stopping a capture answers. */

import * as z from "zod";
import type { Environment } from "../toolchain/environment.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { AppleTarget } from "./apple/apple-target.ts";
import { capturedHangSchema, watchSchema } from "./session-watch.ts";

/** A `command` is launched by the server, or by the caller with the answer's `env`. */
const targetSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("command"),
    argv: z.array(z.string()).min(1).describe("Program and arguments; no shell"),
    cwd: z.string().describe("Absolute path of the folder to run in"),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe("Over the server's environment; PATH and NODE_OPTIONS in it are extended"),
    launch: z
      .enum(["server", "caller"])
      .default("server")
      .describe("`caller`: nothing is started; run argv yourself with the answer's env"),
    node: z.string().optional().describe("Absolute path of the Node to profile with"),
  }),
  z.object({
    kind: z.literal("inspector"),
    address: z.string().describe("ws:// URL or host:port of an open inspector on this machine"),
  }),
  z.object({
    kind: z.literal("process"),
    pid: z.number().int().positive().describe("A running Node process; its inspector is opened"),
  }),
]);
/** Of V8. */
export type CaptureTarget = z.output<typeof targetSchema>;

export const startSchema = z.object({
  target: targetSchema,
  sampler: z
    .enum(["prof", "cpu-prof"])
    .default("prof")
    .describe("For commands; a running process is always sampled through its inspector"),
  directory: z.string().describe("Absolute path of the folder that receives the captures"),
  title: z.string().optional().describe("What to call the capture; by default its command"),
  watch: watchSchema
    .exactOptional()
    .describe(
      "For commands, instead of a profile: whatever a main thread below the command is stuck on is captured by itself, and told by the event hang-captured",
    ),
});
/** `sampler` says nothing of an Apple target. */
export type StartOptions = Omit<z.output<typeof startSchema>, "target"> & {
  readonly target: CaptureTarget | AppleTarget;
};

export const startedSchema = z
  .object({
    sessionId: z.string().describe("For v8.stop"),
    title: z.string(),
    directory: z.string().describe("Absolute path of this capture's own folder"),
    argv: z
      .array(z.string())
      .readonly()
      .describe(
        "What to run in cwd with env added when the caller launches the command: the target's argv, with V8's flags where it starts Node itself. Empty otherwise, as cwd and env are",
      ),
    cwd: z.string(),
    env: z.record(z.string(), z.string()).readonly(),
    pid: z
      .number()
      .int()
      .exactOptional()
      .describe("The launched or attached process, when the server knows it"),
    node: z
      .object({ version: z.string(), path: z.string() })
      .readonly()
      .exactOptional()
      .describe("The Node that will be profiled, when known"),
  })
  .readonly();
export type StartedCapture = z.output<typeof startedSchema>;

const capturedProfileSchema = z
  .object({
    path: z.string().describe("Absolute path"),
    bytes: z.number().int(),
    pid: z.number().int(),
    title: z.string().describe("Script and first arguments of the profiled process"),
    samples: z.number().int().describe("Samples in which the process did something"),
  })
  .readonly();
export type CapturedProfile = z.output<typeof capturedProfileSchema>;

export const stoppedSchema = z
  .object({
    profiles: z
      .array(capturedProfileSchema)
      .readonly()
      .describe("Most samples first. Empty when nothing was captured"),
    warnings: z
      .array(z.string())
      .readonly()
      .describe("Sentences for a person: why there is nothing or little, and what to do about it"),
    unprofiled: z
      .array(z.object({ pid: z.number().int(), command: z.string() }).readonly())
      .readonly()
      .describe("Node processes that went round the shim"),
    hangs: z
      .array(capturedHangSchema)
      .readonly()
      .exactOptional()
      .describe("Of a command that was watched: what was captured, oldest first"),
    exitCode: z
      .number()
      .int()
      .exactOptional()
      .describe(
        "The launched program's exit code, when the server launched it and it ended by itself",
      ),
    output: z
      .string()
      .exactOptional()
      .describe("The end of what the launched program wrote, when the server launched it"),
  })
  .readonly();
export type StoppedCapture = z.output<typeof stoppedSchema>;

/** Captures under way, by id. */
export interface CaptureSessions {
  /** @throws CaptureError when the target cannot be profiled, with what to do about it. */
  start(options: StartOptions, task: TaskOptions, env?: Environment): Promise<StartedCapture>;
  stop(sessionId: string, task: TaskOptions): Promise<StoppedCapture>;
  /** Goes on with the captures of a server that died. */
  adopt(): Promise<void>;
  /**
   * Whether any ends with the server: its program runs or is watched, or its profile is in a
   * target's memory.
   */
  readonly needServer: boolean;
  /** For the server's exit: what ends with it is collected, the next one adopts the rest. */
  dispose(): Promise<void>;
}
