/** One runner, seen from this machine. Says of every failure whether the request may have arrived. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type * as z from "zod";
import {
  type CommandState,
  commandStateSchema,
  instanceHeader,
  pingSchema,
  type RunnerCommand,
  type RunnerStatus,
  statusSchema,
  type Uptime,
  uptimeSchema,
} from "./runner-protocol.ts";

export interface RunnerAddress {
  readonly port: number;
  readonly token: string;
  readonly instance: string;
}

/**
 * - `unsent`: it certainly did not arrive. - `unknown`: it may have.
 * - `stranger`: another program, or another runner, has the port. - `refused`: ours answered, but
 *   not as it should.
 */
export type Loss = "unsent" | "unknown" | "stranger" | "refused";

export class RunnerConnectionError extends Error {
  override readonly name = "RunnerConnectionError";
  readonly loss: Loss;

  constructor(loss: Loss, message: string, options?: ErrorOptions) {
    super(message, options);
    this.loss = loss;
  }
}

interface SendOptions {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const shortMs = 5_000;
const maxAnswerBytes = 64 * 1024 * 1024;

export class RunnerClient {
  readonly address: RunnerAddress;

  constructor(address: RunnerAddress) {
    this.address = address;
  }

  uptime(
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Uptime> {
    return this.#ask(uptimeSchema, {
      method: "GET",
      path: "/uptime",
      timeoutMs: shortMs,
      ...options,
    });
  }

  /** Answered by the thread that automates: a runner that is stuck does not. */
  ping(
    options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<z.output<typeof pingSchema>> {
    return this.#ask(pingSchema, { method: "POST", path: "/ping", timeoutMs: shortMs, ...options });
  }

  status(commandId?: string, signal?: AbortSignal): Promise<RunnerStatus> {
    const query = commandId === undefined ? "" : `?command=${encodeURIComponent(commandId)}`;
    const path = `/status${query}`;
    return this.#ask(statusSchema, { method: "GET", path, timeoutMs: shortMs, signal });
  }

  command(
    body: RunnerCommand,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ): Promise<CommandState> {
    return this.#ask(commandStateSchema, { method: "POST", path: "/command", body, ...options });
  }

  async shutdown(signal?: AbortSignal): Promise<void> {
    await this.#send({ method: "POST", path: "/shutdown", timeoutMs: shortMs, signal });
  }

  async #ask<T extends z.ZodType>(schema: T, options: SendOptions): Promise<z.output<T>> {
    const { status, body } = await this.#send(options);
    const parsed = status === 200 ? schema.safeParse(parseJson(body)) : undefined;
    if (parsed?.success) return parsed.data;
    const said = body.slice(0, 200);
    const message = `Port ${this.address.port} answered ${options.path} with ${status}: ${said}`;
    throw new RunnerConnectionError("refused", message);
  }

  async #send(options: SendOptions): Promise<{ readonly status: number; readonly body: string }> {
    const { method, path, body, timeoutMs, signal } = options;
    signal?.throwIfAborted();
    const time = AbortSignal.timeout(timeoutMs);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    let connected = false;
    const request = httpRequest({
      host: "127.0.0.1",
      port: this.address.port,
      // A connection that was kept may break for what it carried before.
      agent: false,
      method,
      path,
      headers: {
        authorization: `Bearer ${this.address.token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      signal: signal ? AbortSignal.any([signal, time]) : time,
    });
    request.once("socket", (socket) => {
      socket.once("connect", () => {
        connected = true;
      });
    });
    request.once("response", resolve);
    request.once("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
    try {
      const response = await promise;
      if (response.headers[instanceHeader] !== this.address.instance) {
        response.destroy();
        const message = `Another program answers on port ${this.address.port}.`;
        throw new RunnerConnectionError("stranger", message);
      }
      // A broken answer is a loss as well.
      const said = await text(limited(response));
      return { status: response.statusCode ?? 0, body: said };
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof RunnerConnectionError) throw cause;
      const why = time.aborted ? `no answer in ${timeoutMs} ms` : (cause as Error).message;
      const message = `The runner on port ${this.address.port} is not reached: ${why}.`;
      throw new RunnerConnectionError(connected ? "unknown" : "unsent", message, { cause });
    }
  }
}

async function* limited(response: IncomingMessage): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error("its answer is too long");
    yield chunk;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
