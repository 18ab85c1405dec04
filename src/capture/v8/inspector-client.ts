/**
 * A connection to a V8 inspector: requests and answers as JSON over a WebSocket. What the other
 * side sends is not trusted to be either.
 */
import * as z from "zod";
import { untilAborted } from "../../toolchain/until-aborted.ts";
import { CaptureError } from "../capture-error.ts";

const answerMs = 5_000;

const targetsSchema = z.array(
  z.object({
    title: z.string(),
    type: z.string(),
    url: z.string().optional(),
    webSocketDebuggerUrl: z.string().optional(),
  }),
);
export type ListedTarget = z.output<typeof targetsSchema>[number];

/**
 * What an inspector at this port lists; empty when nothing or something else answers there.
 * @throws the signal's reason when aborted.
 */
export async function listTargets(
  host: string,
  port: number,
  signal?: AbortSignal,
): Promise<ListedTarget[]> {
  const timeout = AbortSignal.timeout(answerMs);
  try {
    const response = await fetch(`http://${host}:${port}/json/list`, {
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    return targetsSchema.parse(await response.json());
  } catch {
    signal?.throwIfAborted();
    return [];
  }
}

/** An answer has the request's id. */
const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
const eventSchema = z.object({
  method: z.string(),
  params: z.unknown().optional(),
  sessionId: z.string().optional(),
});
const messageSchema = z.union([answerSchema, eventSchema]);

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: object;
  readonly sessionId: string | undefined;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: CaptureError): void;
}

export type Ask = (method: string, params?: object) => Promise<unknown>;

export interface AskOptions {
  /** Milliseconds to wait for the answer. Default 5 s. */
  readonly ms?: number;
  readonly signal?: AbortSignal | undefined;
}

interface SessionOptions extends AskOptions {
  /** Of a target that a browser attached to this connection. */
  readonly sessionId?: string;
}

/** What one target can be asked, whether it has the connection for itself or shares it. */
export interface Inspector {
  onEvent: (method: string, params: unknown) => void;
  ask(method: string, params?: object, options?: AskOptions): Promise<unknown>;
  tell(method: string, params: object): void;
}

export class InspectorClient implements Inspector {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Called when the other side ends the connection, not when `close` does. */
  onGone: () => void = () => {};
  /** Called with what the other side tells unasked, once a domain of it is enabled. */
  onEvent: (method: string, params: unknown, sessionId?: string) => void = () => {};

  /** @throws CaptureError `no-inspector` or `inspector-timeout`; the signal's reason when aborted. */
  static async connect(url: string, signal?: AbortSignal): Promise<InspectorClient> {
    signal?.throwIfAborted();
    let socket: WebSocket;
    try {
      socket = new WebSocket(url);
    } catch {
      throw new CaptureError("no-inspector", `${url} is not the address of an inspector.`);
    }
    const opened = new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () =>
        reject(new CaptureError("no-inspector", `The inspector at ${url} refused the connection.`));
    });
    try {
      await within(answerMs, "Connecting to the inspector", opened, signal);
      return new InspectorClient(socket);
    } catch (error) {
      // Before it is open this ends the connection itself, and says so as a refusal.
      socket.close();
      throw error;
    }
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onerror = null;
    socket.onmessage = ({ data }) => this.#receive(data);
    socket.onclose = () => {
      this.#end();
      this.onGone();
    };
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /**
   * @throws CaptureError `inspector-timeout`, `inspector-error` or `target-gone`; the signal's
   *   reason when aborted.
   */
  async ask(
    method: string,
    params: object = {},
    { ms = answerMs, signal, sessionId }: SessionOptions = {},
  ): Promise<unknown> {
    signal?.throwIfAborted();
    if (!this.isOpen) throw gone();
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    this.#send({ id, method, params, sessionId });
    try {
      return await within(ms, method, answer, signal);
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Asks without waiting for an answer. */
  tell(method: string, params: object, sessionId?: string): void {
    if (this.isOpen) this.#send({ id: ++this.#lastId, method, params, sessionId });
  }

  close(): void {
    this.#socket.onclose = () => this.#end();
    this.#socket.close();
  }

  #send(request: Request): void {
    this.#socket.send(JSON.stringify(request));
  }

  #receive(data: unknown): void {
    const message = parseMessage(String(data));
    if (!message) return;
    if ("method" in message) {
      this.onEvent(message.method, message.params, message.sessionId);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (message.error) pending?.reject(new CaptureError("inspector-error", message.error.message));
    else pending?.resolve(message.result);
  }

  #end(): void {
    for (const { reject } of this.#pending.values()) reject(gone());
  }
}

function parseMessage(text: string): z.output<typeof messageSchema> | undefined {
  try {
    return messageSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function gone(): CaptureError {
  return new CaptureError(
    "target-gone",
    "The process ended before the capture was stopped, and its profile with it. " +
      "Start the program from here to profile it to its end.",
  );
}

/** @throws CaptureError `inspector-timeout`, naming the step; the signal's reason when aborted. */
async function within<T>(
  ms: number,
  step: string,
  promise: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const problem = `${step} got no answer in ${ms / 1000} s`;
    const reason = "the process is stopped, or inside one long native call";
    timeout.reject(new CaptureError("inspector-timeout", `${problem}: ${reason}.`));
  }, ms);
  try {
    return await untilAborted(Promise.race([promise, timeout.promise]), signal);
  } finally {
    clearTimeout(timer);
  }
}
