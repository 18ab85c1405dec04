/**
 * `hangscope mcp`: the workspace's server for agents that start their own. Messages are passed on
 * as they are; standard output carries nothing else.
 */
import { once } from "node:events";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  ErrorCode,
  isJSONRPCRequest,
  isJSONRPCResultResponse,
  type JSONRPCMessage,
} from "@modelcontextprotocol/sdk/types.js";
import { ensureServer } from "../launcher/ensure-server.ts";
import type { ServerClient } from "../server/client.ts";
import { callerKey } from "../server/mcp-caller.ts";
import { exchange } from "../server/mcp-client.ts";
import { untilAborted } from "../toolchain/until-aborted.ts";
import { callerOf } from "../tools/caller.ts";
import { describeError, exitCodes } from "./failure.ts";
import { serverScript } from "./server-command.ts";

/**
 * Serves standard input until it ends, and still answers what was asked by then.
 * @returns the exit code.
 * @throws the signal's reason when aborted.
 */
export async function mcpCommand(workspace: string, signal: AbortSignal): Promise<number> {
  const agent = new StdioServerTransport();
  const bridge = new Bridge(workspace, agent, signal);
  const underWay = new Set<Promise<void>>();
  agent.onmessage = (message) => {
    const passing = bridge.pass(message).finally(() => underWay.delete(passing));
    underWay.add(passing);
  };
  agent.onerror = say;
  const givenUp = new Promise<number>((resolve) => {
    agent.onclose = () => resolve(exitCodes.failed);
  });
  await agent.start();
  const exitCode = await Promise.race([inputEnd(signal), givenUp]);
  // Nor is an agent waited for that was to hear of a failure and reads nothing.
  await untilAborted(Promise.all(underWay), signal).catch(() => {});
  await agent.close();
  signal.throwIfAborted();
  return exitCode;
}

/** The transport itself does not notice. */
async function inputEnd(signal: AbortSignal): Promise<number> {
  const ends = ["end", "close"].map((event) => once(process.stdin, event, { signal }));
  await Promise.race(ends).catch(() => {});
  return exitCodes.ok;
}

class Bridge {
  readonly #workspace: string;
  readonly #agent: StdioServerTransport;
  readonly #signal: AbortSignal;
  #known: ServerClient | undefined;
  #protocolVersion: string | undefined;

  constructor(workspace: string, agent: StdioServerTransport, signal: AbortSignal) {
    this.#workspace = workspace;
    this.#agent = agent;
    this.#signal = signal;
  }

  /** Passes a message on and its answers back. Never fails: a request then gets an error. */
  async pass(message: JSONRPCMessage): Promise<void> {
    try {
      const { server } = await this.#server();
      await exchange(withCaller(message), {
        server,
        protocolVersion: this.#protocolVersion,
        signal: this.#signal,
        onReply: (reply) => this.#reply(message, reply),
      });
    } catch (error) {
      if (this.#signal.aborted) return;
      say(error);
      if (!isJSONRPCRequest(message)) return;
      const failure = { code: ErrorCode.ConnectionClosed, message: describeError(error, {}) };
      await this.#agent.send({ jsonrpc: "2.0", id: message.id, error: failure });
    }
  }

  /** Looked at for each message: it may have left since the last one. */
  async #server(): Promise<ServerClient> {
    const known = this.#known;
    if (known && (await isThere(known))) return known;
    const [workspace, signal] = [this.#workspace, this.#signal];
    this.#known = await ensureServer({ serverScript, workspace, signal });
    return this.#known;
  }

  #reply(message: JSONRPCMessage, reply: JSONRPCMessage): void {
    if ("method" in message && message.method === "initialize" && isJSONRPCResultResponse(reply)) {
      const { protocolVersion } = reply.result;
      if (typeof protocolVersion === "string") this.#protocolVersion = protocolVersion;
    }
    void this.#agent.send(reply);
  }
}

async function isThere(client: ServerClient): Promise<boolean> {
  try {
    await client.health();
    return true;
  } catch {
    return false;
  }
}

/** What a call starts runs where the agent runs, not where the server was started from. */
function withCaller(message: JSONRPCMessage): JSONRPCMessage {
  if (!isJSONRPCRequest(message) || message.method !== "tools/call") return message;
  const caller = { [callerKey]: callerOf(process.env) };
  const { params = {} } = message;
  return { ...message, params: { ...params, _meta: { ...caller, ...params._meta } } };
}

function say(error: unknown): void {
  console.error(`hangscope: ${describeError(error)}`);
}
