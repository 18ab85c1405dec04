/** An agent that starts `hangscope mcp` itself, and takes nothing but JSON-RPC from it. */
import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type JSONRPCMessage, JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";

const cli = resolve(import.meta.dirname, "../../../src/cli/bin.ts");

type Answer = Extract<JSONRPCMessage, { result: unknown } | { error: unknown }>;

export class StdioAgent {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Map<unknown, (answer: Answer) => void>();
  readonly #ended: Promise<unknown>;
  /** Before `#ended` while something it has said was not read. */
  readonly #exited: Promise<unknown>;
  /** Lines of standard output that are no JSON-RPC. */
  readonly strays: string[] = [];
  errorText = "";
  #lastId = 0;

  constructor(workspace: string, env: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(process.execPath, [cli, "mcp", "--workspace", workspace], {
      stdio: ["pipe", "pipe", "pipe"],
      env,
    });
    this.#ended = once(this.#child, "close");
    this.#exited = once(this.#child, "exit");
    createInterface(this.#child.stdout).on("line", (line) => this.#hear(line));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.errorText += text;
    });
  }

  /** Says hello as the protocol has it. */
  async initialize(): Promise<Answer> {
    const answer = await this.ask("initialize", {
      protocolVersion: "2025-06-18",
      capabilities: {},
      clientInfo: { name: "test", version: "1.0.0" },
    });
    this.write(JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" }));
    return answer;
  }

  ask(method: string, params: Record<string, unknown> = {}): Promise<Answer> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    this.write(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return promise;
  }

  call(name: string, input: Record<string, unknown>): Promise<Answer> {
    return this.ask("tools/call", { name, arguments: input });
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** Ends its input and gives its exit code. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    await this.#ended;
    return this.#child.exitCode;
  }

  /** Sends a signal, its input still open, and gives its exit code. */
  async interrupt(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    await this.#exited;
    return this.#child.exitCode;
  }

  /** Reads nothing any more, however much is said. */
  stopReading(): void {
    this.#child.stdout.pause();
  }

  /** Lets go of its input and output, as the system does when the agent has died. */
  async abandon(): Promise<number | null> {
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    await this.#ended;
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  #hear(line: string): void {
    const message = JSONRPCMessageSchema.safeParse(tryParse(line)).data;
    if (!message) this.strays.push(line);
    else if ("result" in message || "error" in message) {
      const resolve = this.#waiting.get(message.id);
      assert.ok(resolve, `Nobody asked for ${line}`);
      this.#waiting.delete(message.id);
      resolve(message);
    }
  }
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
