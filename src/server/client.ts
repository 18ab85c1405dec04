/** A server seen from its callers: one call, one POST, its answer streamed back. */
import { randomUUID } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { decodeColumns } from "../profile/columns.ts";
import type { Progress, TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput, ToolName, ToolOutput } from "../tools/index.ts";
import { ToolError } from "../tools/tool.ts";
import { decodeFrames, frameKinds } from "./frames.ts";
import { framesType, instanceHeader, requestIdHeader } from "./headers.ts";
import {
  type ErrorAnswer,
  type Health,
  healthSchema,
  type Ready,
  type ServerEvent,
  type ToolClient,
} from "./protocol.ts";

/** The connection broke, or another server answered: nothing is known about the call. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";

  /** Nothing was sent: nobody listens there any more. */
  get refused(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.code === "ECONNREFUSED";
  }
}

export class ServerClient implements ToolClient {
  readonly server: Ready;

  constructor(server: Ready) {
    this.server = server;
  }

  async call<N extends ToolName>(
    name: N,
    input: ToolInput<N>,
    task: TaskOptions = {},
  ): Promise<ToolOutput<N>> {
    task.signal?.throwIfAborted();
    const id = randomUUID();
    const cancel = () => void this.#cancelJob(id);
    task.signal?.addEventListener("abort", cancel, { once: true });
    try {
      const response = await this.#send("POST", `/v1/tools/${name}`, {
        headers: { accept: framesType, [requestIdHeader]: id, "content-type": "application/json" },
        body: JSON.stringify(input),
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
    const response = await this.#send("GET", "/v1/events", { signal });
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
    (await this.#send("POST", "/v1/shutdown", { signal })).resume();
  }

  async #cancelJob(id: string): Promise<void> {
    try {
      const signal = AbortSignal.timeout(2_000);
      (await this.#send("DELETE", `/v1/jobs/${id}`, { signal })).resume();
    } catch {
      // A server that is gone has cancelled the job in its own way.
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
      method,
      path,
      headers: { authorization: `Bearer ${token}`, ...options.headers },
      ...(options.signal && { signal: options.signal }),
    });
    request.once("error", (cause) => {
      reject(new ConnectionError(`The server did not answer: ${cause.message}`, { cause }));
    });
    request.once("response", (response) => {
      if (response.headers[instanceHeader] === instanceId) resolve(response);
      else {
        response.destroy();
        reject(new ConnectionError("Another server answers on this port."));
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
