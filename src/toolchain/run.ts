/**
 * The one way this project runs another program: argument arrays (never a shell), a timeout that
 * escalates to SIGKILL, bounded output, cancel by AbortSignal, and errors that say what to do.
 */
import { existsSync } from "node:fs";
import { execa } from "execa";
import { mergeEnvironments } from "./environment.ts";

/** A program we depend on but do not ship. */
export interface Tool {
  /** Name on PATH, or an absolute path. */
  readonly command: string;
  /** One sentence for a person without it: `Install it with "apt-get install binutils".` */
  readonly howToGet: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Added to the environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Written to the program's standard input, which is otherwise empty. */
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  /** Milliseconds until SIGTERM; SIGKILL follows after `killAfterMs`. Default 60,000; 0 never. */
  readonly timeoutMs?: number;
  /** Milliseconds between SIGTERM and SIGKILL. Default 5,000. */
  readonly killAfterMs?: number;
  /** Bytes kept of each output; a program that writes more is ended. Default 16 MiB. */
  readonly maxOutputBytes?: number;
  /**
   * Takes standard output as it comes, in place of `stdout`: nothing of it is kept. An error it
   * throws ends the program and is thrown by `run`.
   */
  readonly onStdout?: (chunk: Buffer) => void;
  /** Keeps only the end of standard error, for a program that says much and means little. */
  readonly chattyStderr?: boolean;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * - `missing`: the program is not on this machine; the message says how to get it.
 * - `timeout`, `output`: it ran too long or wrote too much, and was ended.
 * - `failed`: it could not start, left with a code other than 0 or was killed by a signal.
 */
export type ToolErrorKind = "missing" | "timeout" | "output" | "failed";

export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly kind: ToolErrorKind;
  readonly tool: string;
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(
    kind: ToolErrorKind,
    tool: string,
    message: string,
    details: { exitCode?: number | undefined; stderr?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.kind = kind;
    this.tool = tool;
    this.exitCode = details.exitCode;
    this.stderr = details.stderr ?? "";
  }
}

const keptStderrBytes = 16 * 1024;

/**
 * Runs a program to its end. Its descendants are ended with it.
 * @throws ToolError as its kinds say; the signal's reason when aborted.
 */
export async function run(
  tool: Tool,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { timeoutMs = 60_000, maxOutputBytes = 16 * 1024 * 1024, onStdout } = options;
  options.signal?.throwIfAborted();
  const child = execa(tool.command, args, {
    reject: false,
    killDescendants: true,
    stripFinalNewline: false,
    timeout: timeoutMs,
    forceKillAfterDelay: options.killAfterMs ?? 5_000,
    maxBuffer: maxOutputBytes,
    buffer: { stdout: !onStdout, stderr: !options.chattyStderr },
    input: options.input ?? "",
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.env && { env: mergeEnvironments([process.env, options.env]), extendEnv: false }),
    ...(options.signal && { cancelSignal: options.signal }),
  });
  let handlerFailure: { error: unknown } | undefined;
  child.stdout.on("data", (chunk: Buffer) => {
    try {
      if (!handlerFailure) onStdout?.(chunk);
    } catch (error) {
      handlerFailure = { error };
      child.kill();
    }
  });
  let stderrTail = Buffer.alloc(0);
  if (options.chattyStderr) {
    child.stderr.on("data", (chunk: Buffer) => {
      stderrTail = Buffer.concat([stderrTail, chunk]).subarray(-keptStderrBytes);
    });
  }
  const result = await child;
  options.signal?.throwIfAborted();
  if (handlerFailure) throw handlerFailure.error;

  const name = tool.command;
  const stderr = options.chattyStderr ? stderrTail.toString() : (result.stderr ?? "");
  const details = { exitCode: result.exitCode, stderr, cause: result.cause };
  if (result.timedOut) {
    throw new ToolError("timeout", name, `${name} did not finish in ${timeoutMs} ms.`, details);
  }
  if (result.isMaxBuffer) {
    const message = `${name} wrote more than ${maxOutputBytes} bytes.`;
    throw new ToolError("output", name, message, details);
  }
  if (result.code === "ENOENT" && existsSync(options.cwd ?? ".")) {
    throw new ToolError("missing", name, `${name} was not found. ${tool.howToGet}`, details);
  }
  if (result.failed) {
    const how = result.isTerminated ? `was ended by ${result.signal}` : exitOf(result.exitCode);
    const said = stderr.trim().split("\n").slice(-3).join("\n") || result.originalMessage || "";
    throw new ToolError("failed", name, `${name} ${how}${said && `: ${said}`}`, details);
  }
  return { stdout: onStdout ? "" : (result.stdout as string), stderr };
}

function exitOf(code: number | undefined): string {
  return code === undefined ? "could not start" : `left with code ${code}`;
}
