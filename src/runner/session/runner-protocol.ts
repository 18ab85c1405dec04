/**
 * How a runner is spoken to: `runner/PROTOCOL.md` in shapes. HTTP on loopback, JSON, a bearer token
 * with every request.
 */
import * as z from "zod";

export const protocolVersion = 1;

/** Of every answer: which launch gives it. What answers without it is no runner. */
export const instanceHeader = "hangscope-runner-instance";

/** Variables that a runner gets; where the fingerprint comes from is in PROTOCOL.md. */
export const runnerVariables = {
  port: "HANGSCOPE_RUNNER_PORT",
  token: "HANGSCOPE_RUNNER_TOKEN",
  instance: "HANGSCOPE_RUNNER_INSTANCE",
  idleSeconds: "HANGSCOPE_RUNNER_IDLE_SECONDS",
} as const;

/** The build setting that a runner's own Info.plist takes over. */
export const fingerprintSetting = "HANGSCOPE_RUNNER_FINGERPRINT";

const identity = {
  /** The cache key that its artifact was built for. */
  fingerprint: z.string(),
  /** Of this one launch. */
  instance: z.string(),
};

/** `GET /uptime`: any thread may answer. */
export const uptimeSchema = z.object({
  ...identity,
  protocol: z.number().int(),
  uptimeMs: z.number().nonnegative(),
});
export type Uptime = z.output<typeof uptimeSchema>;

/** `POST /ping`: only the thread that automates may answer. */
export const pingSchema = z.object({ ...identity, thread: z.literal("automation") });

const failure = z.object({ code: z.string(), message: z.string() });

/** What became of a command: `unknown` was never received. */
export const commandStateSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("unknown") }),
  z.object({ state: z.literal("running") }),
  z.object({ state: z.literal("done"), result: z.unknown() }),
  z.object({ state: z.literal("failed"), error: failure }),
]);
export type CommandState = z.output<typeof commandStateSchema>;

/** `GET /status`, and `GET /status?command=<id>` with `command`. */
export const statusSchema = z.object({
  ...identity,
  state: z.enum(["idle", "busy"]),
  command: commandStateSchema.optional(),
});
export type RunnerStatus = z.output<typeof statusSchema>;

/** `POST /command`: one of an id that is known is answered, and never run again. */
export interface RunnerCommand {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}
