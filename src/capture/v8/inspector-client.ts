/**
 * A connection to a V8 inspector: requests and answers as JSON over a WebSocket. What the other
 * side sends is not trusted to be either.
 */
import * as z from "zod";
import { CaptureError } from "./capture-error.ts";

const answerMs = 5_000;

const targetsSchema = z.array(
  z.object({
    title: z.string(),
    type: z.string(),
    webSocketDebuggerUrl: z.string().optional(),
  }),
);
export type ListedTarget = z.output<typeof targetsSchema>[number];

/** What an inspector at this port lists; empty when nothing or something else answers there. */
export async function listTargets(host: string, port: number): Promise<ListedTarget[]> {
  try {
    const url = `http://${host}:${port}/json/list`;
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMs) });
    return targetsSchema.parse(await response.json());
  } catch {
    return [];
  }
}

/** An answer has the request's id; everything else is an event, which nobody here asks for. */
const answerSchema = z.object({
  id: z.number(),
  result: z.unknown(),
  error: z.object({ message: z.string() }).optional(),
});

interface Pending {
  resolve(result: unknown): void;
  reject(error: CaptureError): void;
}

export class InspectorClient {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  /** Called when the other side ends the connection, not when `close` does. */
  onGone: () => void = () => {};

  /** @throws CaptureError `no-inspector` or `inspector-timeout`. */
  static async connect(url: string): Promise<InspectorClient> {
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
      await within(answerMs, "Connecting to the inspector", opened);
      return new InspectorClient(socket);
    } catch (error) {
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

  /** @throws CaptureError `inspector-timeout`, `inspector-error` or `target-gone`. */
  async ask(method: string, params: object = {}, ms = answerMs): Promise<unknown> {
    if (!this.isOpen) throw gone();
    const id = ++this.#lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    this.#socket.send(JSON.stringify({ id, method, params }));
    try {
      return await within(ms, method, answer);
    } finally {
      this.#pending.delete(id);
    }
  }

  close(): void {
    this.#socket.onclose = () => this.#end();
    this.#socket.close();
  }

  #receive(data: unknown): void {
    const answer = parseAnswer(String(data));
    if (!answer) return;
    const pending = this.#pending.get(answer.id);
    if (answer.error) pending?.reject(new CaptureError("inspector-error", answer.error.message));
    else pending?.resolve(answer.result);
  }

  #end(): void {
    for (const { reject } of this.#pending.values()) reject(gone());
  }
}

function parseAnswer(text: string): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.parse(JSON.parse(text));
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

/** @throws CaptureError `inspector-timeout`, naming the step. */
async function within<T>(ms: number, step: string, promise: Promise<T>): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const problem = `${step} got no answer in ${ms / 1000} s`;
    const reason = "the process is stopped, or inside one long native call";
    timeout.reject(new CaptureError("inspector-timeout", `${problem}: ${reason}.`));
  }, ms);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
