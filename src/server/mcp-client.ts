/** One MCP message to a server, and what it answers. */
import {
  StreamableHTTPClientTransport,
  StreamableHTTPError,
} from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  isJSONRPCErrorResponse,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
} from "@modelcontextprotocol/sdk/types.js";
import { ConnectionError } from "./client.ts";
import { instanceHeader } from "./headers.ts";
import type { Address } from "./state-file.ts";

export interface ExchangeOptions {
  readonly server: Address;
  /** What `initialize` has agreed on; none before. */
  readonly protocolVersion: string | undefined;
  readonly signal: AbortSignal;
  /** Progress on the way, and last the answer. */
  readonly onReply: (message: JSONRPCMessage) => void;
}

/**
 * Settles when a request is answered, or anything else has arrived. A transport of its own for
 * each message: when a connection breaks it is certain whose it was.
 * @throws ConnectionError
 */
export async function exchange(message: JSONRPCMessage, options: ExchangeOptions): Promise<void> {
  const { server, protocolVersion, signal, onReply } = options;
  const answered = Promise.withResolvers<void>();
  // `send` may fail first, and then nobody waits for this one.
  answered.promise.catch(() => {});
  const transport = new StreamableHTTPClientTransport(
    new URL(`http://127.0.0.1:${server.port}/mcp`),
    {
      requestInit: { headers: { authorization: `Bearer ${server.token}` } },
      fetch: (url, init) => fetchFrom(server, url, init),
    },
  );
  if (protocolVersion !== undefined) transport.setProtocolVersion(protocolVersion);
  transport.onmessage = (reply) => {
    onReply(reply);
    if (isJSONRPCResultResponse(reply) || isJSONRPCErrorResponse(reply)) answered.resolve();
  };
  transport.onerror = answered.reject;
  const close = () => void transport.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    await transport.start();
    await transport.send(message);
    if (isJSONRPCRequest(message)) await answered.promise;
  } catch (error) {
    throw describeBreak(error, message);
  } finally {
    signal.removeEventListener("abort", close);
  }
}

async function fetchFrom(
  { instanceId }: Address,
  url: string | URL,
  init: RequestInit | undefined,
): Promise<Response> {
  const response = await fetch(url, init);
  if (response.headers.get(instanceHeader) === instanceId) return response;
  await response.body?.cancel();
  throw new ConnectionError("Another server answers on this port.");
}

function describeBreak(error: unknown, message: JSONRPCMessage): Error {
  if (error instanceof ConnectionError) return error;
  const cause = error as Error;
  if (error instanceof StreamableHTTPError) return new ConnectionError(cause.message, { cause });
  const what = "method" in message ? message.method : "an answer";
  const text = `The server ended during ${what}. Whether it took effect is not known.`;
  return new ConnectionError(text, { cause });
}
