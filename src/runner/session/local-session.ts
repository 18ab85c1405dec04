/** A runner on this machine's loopback, as commands are sent to it. */
import type { RunnerRecord } from "../runner-records.ts";
import type { Session } from "./replay.ts";
import { RunnerClient } from "./runner-client.ts";
import type { CommandState, RunnerCommand, RunnerStatus } from "./runner-protocol.ts";

export class LocalSession implements Session {
  readonly instance: string;
  readonly #client: RunnerClient;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;

  constructor(record: RunnerRecord, timeoutMs: number, signal?: AbortSignal) {
    this.instance = record.instance;
    this.#client = new RunnerClient(record);
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  async preflight(): Promise<void> {
    await this.#client.uptime({ ...(this.#signal && { signal: this.#signal }) });
  }

  send(command: RunnerCommand): Promise<CommandState> {
    return this.#client.command(command, { timeoutMs: this.#timeoutMs, signal: this.#signal });
  }

  status(commandId: string): Promise<RunnerStatus> {
    return this.#client.status(commandId, this.#signal);
  }
}
