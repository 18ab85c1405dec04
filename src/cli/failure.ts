/** How the command line ends: exit codes, and errors as one line for a person. */
import { constants } from "node:os";

export const exitCodes = {
  ok: 0,
  /** A file could not be read or written, a program or the server could not be started. */
  failed: 1,
  /** Unknown command, option or argument. */
  usage: 2,
  /** `hang`: no step could name the function. */
  notNamed: 3,
  /** `run`: the program to run was not found, as shells say it. */
  notFound: 127,
} as const;

export const exitCodesHelp = `
Exit codes:
  0    done
  1    the work failed: unreadable input, nothing captured, no server
  2    wrong usage
  3    hang: no step could name the function
  127  run: the program was not found
  130  cancelled with Ctrl-C (128 + the signal's number, also for a program that a signal ended)
  run gives the program's own exit code when it is not 0.`;

/** A failure whose message is all that the person needs. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** What the abort signal of a cancelled command carries. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super("Cancelled.");
    this.signal = signal;
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode;
  if (error instanceof Cancelled) return exitCodeOfSignal(error.signal);
  return exitCodes.failed;
}

export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/** One line; with a stack only for whoever debugs us. */
export function describeError(error: unknown, env: NodeJS.ProcessEnv = process.env): string {
  if (!(error instanceof Error)) return String(error);
  if (env["HANGSCOPE_DEBUG"]) return error.stack ?? error.message;
  return error.message.trim().replace(/\s*\n\s*/g, " ");
}
