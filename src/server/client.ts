/** A server seen from its callers: one call, one POST, its answer streamed back. */
import { randomUUID } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { json, text } from "node:stream/consumers";
import { decodeColumns } from "../profile/columns.ts";
import type { Progress, TaskOptions } from "../toolchain/progress.ts";
import { callerOf } from "../tools/caller.ts";
import type { ToolInput, ToolName, ToolOutput } from "../tools/index.ts";
import { type ToolDescription, ToolError } from "../tools/tool.ts";
import { decodeFrames, frameKinds } from "./frames.ts";
import { framesType, instanceHeader, requestIdHeader } from "./headers.ts";
import {
  type ErrorAnswer,
  type Health,
  healthSchema,
  type ServerEvent,
  type ToolClient,
} from "./protocol.ts";
import type { Address } from "./state-file.ts";

/** The connection broke, or another server answered. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  /** It is certain that the server did nothing: nobody listened, or it refused the sender. */
  readonly isUnheard: boolean;
  /** The server that was meant is not there any more: nobody or another one has its port. */
  readonly isGone: boolean;

  constructor(
    message: string,
    options: ErrorOptions & { readonly isUnheard?: boolean; readonly isGone?: boolean } = {},
  ) {
    super(message, options);
    const { code } = (options.cause ?? {}) as NodeJS.ErrnoException;
    this.isUnheard = options.isUnheard ?? code === "ECONNREFUSED";
    this.isGone = options.isGone ?? code === "ECONNREFUSED";
  }
}

export class ServerClient implements ToolClient {
  readonly server: Address;

  constructor(server: Address) {
    this.server = server;
  }

  /** @param id of the request; one that the server knows joins the job that it began */
  async call<N extends ToolName>(
    name: N,
    input: ToolInput<N>,
    task: TaskOptions = {},
    id: string = randomUUID(),
  ): Promise<ToolOutput<N>> {
    task.signal?.throwIfAborted();
    // Whoever gave up waits for nothing more, not even for word that the job was cancelled.
    const cancel = () => void this.cancel(id).catch(() => {});
    task.signal?.addEventListener("abort", cancel, { once: true });
    try {
      const response = await this.#send("POST", `/tools/${name}`, {
        headers: { accept: framesType, [requestIdHeader]: id, "content-type": "application/json" },
        body: JSON.stringify({ input, caller: callerOf(process.env) }),
        ...(task.signal && { signal: task.signal }),
      });
      if (response.statusCode !== 200) throw await toolError(response);
      return (await readAnswer(response, task.onProgress)) as ToolOutput<N>;
    } catch (error) {
      task.signal?.throwIfAborted();
      throw error;
    } finally {
      task.signal?.removeEventListener("abort", cancel);
    }
  }

  /** @throws ConnectionError when the health thread does not answer in time. */
  async health(timeoutMs = 1_000): Promise<Health> {
    const response = await this.#send("GET", "/health", {
      port: this.server.healthPort,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const health = healthSchema.safeParse(JSON.parse(await text(response)));
    if (!health.success) throw new ConnectionError("The health answer is not ours.");
    return health.data;
  }

  /** Events as they come; ends when the connection does. */
  async *events(signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const response = await this.#send("GET", "/events", { signal });
    let rest = "";
    for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      for (const line of lines) if (line !== "") yield JSON.parse(line) as ServerEvent;
    }
  }

  /** Asks the server to end what it does and leave. */
  async shutdown(timeoutMs = 2_000): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    (await this.#send("POST", "/shutdown", { signal })).resume();
  }

  /** Asks the server to leave if it has nothing to do; answers whether it does. */
  async retire(timeoutMs = 2_000): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await this.#send("POST", "/retire", { signal });
      response.resume();
      return response.statusCode === 202;
    } catch {
      // Busy, or it has left meanwhile: whoever asks looks again.
      return false;
    }
  }

  async tools(): Promise<ToolDescription[]> {
    return (await json(await this.#send("GET", "/tools", {}))) as ToolDescription[];
  }

  /**
   * Cancels a job by its id. One that is over, or whose server is gone, needs no more.
   * @throws ConnectionError when the server did not say that it heard of it.
   */
  async cancel(id: string, timeoutMs = 2_000): Promise<void> {
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      (await this.#send("DELETE", `/jobs/${id}`, { signal })).resume();
    } catch (error) {
      // A server that is gone has cancelled the job in its own way.
      if (error instanceof ConnectionError && error.isGone) return;
      const message = `The server does not answer, so that job ${id} may go on: try again, or restart the server.`;
      throw new ConnectionError(message, { cause: error });
    }
  }

  #send(
    method: string,
    path: string,
    options: {
      readonly headers?: Record<string, string>;
      readonly body?: string;
      readonly signal?: AbortSignal;
      readonly port?: number;
    },
  ): Promise<IncomingMessage> {
    const { port, token, instanceId } = this.server;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const request = httpRequest({
      host: "127.0.0.1",
      port: options.port ?? port,
      // A connection of its own: one that was kept may break for what it carried before, and then
      // nobody knows whether this request arrived.
      agent: false,
      method,
      path,
      headers: { authorization: `Bearer ${token}`, ...options.headers },
      ...(options.signal && { signal: options.signal }),
    });
    request.once("error", (cause) => {
      reject(new ConnectionError(`The server did not answer: ${cause.message}`, { cause }));
    });
    request.once("response", (response) => {
      const { statusCode = 0 } = response;
      const isRefused = statusCode === 401 || statusCode === 403;
      if (response.headers[instanceHeader] === instanceId && !isRefused) resolve(response);
      else {
        response.destroy();
        // Servers of ours look at nothing before they have looked at the token.
        const message = "Another server answers on this port.";
        reject(new ConnectionError(message, { isUnheard: isRefused, isGone: true }));
      }
    });
    request.end(options.body);
    return promise;
  }
}

async function readAnswer(
  response: IncomingMessage,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<unknown> {
  try {
    for await (const { kind, payload } of decodeFrames(response)) {
      if (kind === frameKinds.result) return decodeColumns(payload);
      const value: unknown = JSON.parse(Buffer.from(payload).toString());
      if (kind === frameKinds.error) {
        const { code, message } = value as ErrorAnswer;
        throw new ToolError(code, message);
      }
      onProgress?.(value as Progress);
    }
  } catch (error) {
    if (error instanceof ToolError) throw error;
    throw new ConnectionError("The connection to the server broke.", { cause: error });
  }
  throw new ConnectionError("The server ended the call without an answer.");
}

async function toolError(response: IncomingMessage): Promise<Error> {
  const body = await text(response);
  try {
    const { code, message } = JSON.parse(body) as ErrorAnswer;
    return new ToolError(code, message);
  } catch {
    return new ConnectionError(`The server answered ${response.statusCode} without a reason.`);
  }
}
