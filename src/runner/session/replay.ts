/**
 * Sends a command so that it is carried out once, whatever is lost on the way. What certainly did
 * not arrive is sent again, once, to a fresh session. Of what may have arrived, the runner is asked.
 * What changes anything is never sent a second time.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { RunnerError } from "../runner-error.ts";
import { RunnerConnectionError } from "./runner-client.ts";
import type { CommandState, RunnerCommand, RunnerStatus } from "./runner-protocol.ts";

/** One runner that a command can be sent to. */
export interface Session {
  readonly instance: string;
  /** @throws RunnerConnectionError when it is not there, or is not ours. */
  preflight(): Promise<void>;
  send(command: RunnerCommand): Promise<CommandState>;
  status(commandId: string): Promise<RunnerStatus>;
}

export interface SendOptions {
  /** Whether running it twice would do other than running it once. */
  readonly mutating: boolean;
  /** A runner that is new or was found to be alive. */
  readonly freshSession: () => Promise<Session>;
  readonly signal?: AbortSignal;
  /** Milliseconds between questions for a command that may have arrived. Default 200. */
  readonly askAgainMs?: number;
}

/** What became of it, and how often it was sent. */
export interface Sent {
  readonly state: Extract<CommandState, { state: "done" | "failed" }>;
  readonly sent: number;
}

const asks = 3;

/** @throws RunnerError `runner-unreachable`, `command-running`, `command-lost` */
export async function sendOnce(
  command: RunnerCommand,
  session: Session,
  options: SendOptions,
): Promise<Sent> {
  try {
    return await attempt(command, session, options, 1);
  } catch (error) {
    if (!mayRepeat(error, options.mutating)) throw asError(error);
    options.signal?.throwIfAborted();
    const fresh = await options.freshSession();
    try {
      return await attempt(command, fresh, options, 2);
    } catch (again) {
      throw asError(again);
    }
  }
}

/** It may have been carried out, and nobody can tell. */
class CommandLost extends Error {}

async function attempt(
  command: RunnerCommand,
  session: Session,
  options: SendOptions,
  sent: number,
): Promise<Sent> {
  await preflight(session);
  let state: CommandState;
  try {
    state = await session.send(command);
  } catch (error) {
    if (!(error instanceof RunnerConnectionError)) throw error;
    if (error.loss === "unsent") throw error;
    state = await askFor(command.id, session, error, options);
  }
  switch (state.state) {
    case "done":
    case "failed":
      return { state, sent };
    case "running":
      throw new RunnerError(
        "command-running",
        "environment",
        `${command.name} (${command.id}) was received and still runs; ask runner.status for it.`,
      );
    case "unknown":
      throw new CommandLost(
        `The connection broke after ${command.name} (${command.id}) had been sent, and the runner does not know it.`,
      );
  }
}

/** Nothing has been sent yet, whatever goes wrong here. */
async function preflight(session: Session): Promise<void> {
  try {
    await session.preflight();
  } catch (error) {
    if (!(error instanceof RunnerConnectionError)) throw error;
    throw new RunnerConnectionError("unsent", error.message, { cause: error });
  }
}

async function askFor(
  id: string,
  session: Session,
  lost: RunnerConnectionError,
  { signal, askAgainMs = 200 }: SendOptions,
): Promise<CommandState> {
  for (let n = 1; ; n++) {
    try {
      const { instance, command } = await session.status(id);
      // Another runner has never heard of it, whatever the first one did.
      if (instance === session.instance) return command ?? { state: "unknown" };
      return { state: "unknown" };
    } catch (error) {
      if (!(error instanceof RunnerConnectionError)) throw error;
      if (n === asks) throw new CommandLost(`${lost.message} Nor does it say what became of it.`);
      await sleep(askAgainMs, undefined, { ...(signal && { signal }) });
    }
  }
}

function mayRepeat(error: unknown, mutating: boolean): boolean {
  if (error instanceof CommandLost) return !mutating;
  return error instanceof RunnerConnectionError && error.loss === "unsent";
}

function asError(error: unknown): unknown {
  if (error instanceof CommandLost) {
    const message = `${error.message} It may have been carried out or not, and was not sent again.`;
    return new RunnerError("command-lost", "environment", message, { cause: error });
  }
  if (error instanceof RunnerConnectionError) {
    return new RunnerError("runner-unreachable", "environment", error.message, { cause: error });
  }
  return error;
}
