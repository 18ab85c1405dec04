/** What can be captured of V8, and what starting and stopping a capture answers. */

import * as z from "zod";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";

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
export type CaptureTarget = z.output<typeof targetSchema>;

export const startSchema = z.object({
  target: targetSchema,
  sampler: z
    .enum(["prof", "cpu-prof"])
    .default("prof")
    .describe("For commands; a running process is always sampled through its inspector"),
  directory: z.string().describe("Absolute path of the folder that receives the captures"),
  title: z.string().optional().describe("What to call the capture; by default its command"),
});
export type StartOptions = z.output<typeof startSchema>;

export interface StartedCapture {
  readonly sessionId: string;
  readonly title: string;
  /** Absolute path of this capture's own folder. */
  readonly directory: string;
  /**
   * What to run in `cwd` with `env` added when the caller launches the command: the target's
   * `argv`, with V8's flags where it starts Node itself. All three are empty otherwise.
   */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  /** The launched or attached process, when the server knows it. */
  readonly pid?: number;
  /** The Node that will be profiled, when known. */
  readonly node?: { readonly version: string; readonly path: string };
}

export interface CapturedProfile {
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
  readonly pid: number;
  /** Script and first arguments of the profiled process. */
  readonly title: string;
  /** Samples in which the process did something. */
  readonly samples: number;
}

export interface StoppedCapture {
  /** Most samples first. Empty when nothing was captured. */
  readonly profiles: readonly CapturedProfile[];
  /** Sentences for a person: why there is nothing or little, and what to do about it. */
  readonly warnings: readonly string[];
  /** Node processes that went round the shim. */
  readonly unprofiled: readonly { readonly pid: number; readonly command: string }[];
  /** The launched program's exit code, when the server launched it and it ended by itself. */
  readonly exitCode?: number;
  /** The end of what the launched program wrote, when the server launched it. */
  readonly output?: string;
}

/** Captures under way, by id. */
export interface CaptureSessions {
  /** @throws CaptureError when the target cannot be profiled, with what to do about it. */
  start(options: StartOptions, task: TaskOptions, env?: Environment): Promise<StartedCapture>;
  stop(sessionId: string, task: TaskOptions): Promise<StoppedCapture>;
  /** Goes on with the captures of a server that died. */
  adopt(): Promise<void>;
  /** Ends every capture, for the server's exit. */
  dispose(): Promise<void>;
}
