/**
 * A runner that obeys `runner/PROTOCOL.md`, in place of one in a simulator. Its commands: `echo`,
 * `wait`, and `append`, which changes a file.
 */
import { appendFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunnerHealth } from "./scenario-types.ts";

export interface StandInRunner {
  readonly port: number;
  /** Settles when it was shut down or has had nothing to do for too long. */
  readonly ended: Promise<void>;
  close(): void;
}

type State =
  | { readonly state: "running" }
  | { readonly state: "done"; readonly result: unknown }
  | {
      readonly state: "failed";
      readonly error: { readonly code: string; readonly message: string };
    };

interface Command {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export async function startStandInRunner(
  variables: Readonly<Record<string, string>>,
  builtFor: string,
  health: RunnerHealth = "healthy",
): Promise<StandInRunner | "port-taken"> {
  const port = Number(variables["HANGSCOPE_RUNNER_PORT"]);
  const token = variables["HANGSCOPE_RUNNER_TOKEN"];
  const instance = variables["HANGSCOPE_RUNNER_INSTANCE"]!;
  const idleMs = Number(variables["HANGSCOPE_RUNNER_IDLE_SECONDS"] ?? 0) * 1000;
  const fingerprint = health === "wrong-fingerprint" ? "0".repeat(64) : builtFor;
  const startedAt = performance.now();
  const commands = new Map<string, State>();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let idle: NodeJS.Timeout | undefined;
  const touch = () => {
    clearTimeout(idle);
    if (idleMs > 0) idle = setTimeout(close, idleMs);
  };

  const answer = (response: ServerResponse, status: number, body: object) => {
    const text = JSON.stringify(body);
    const header = health === "port-taken" ? {} : { "hangscope-runner-instance": instance };
    response.writeHead(status, { "content-type": "application/json", ...header }).end(text);
  };

  async function run(command: Command): Promise<State> {
    const { arguments: args } = command;
    switch (command.name) {
      case "echo":
        return { state: "done", result: args };
      case "wait":
        await sleep(Number(args["ms"]));
        return { state: "done", result: {} };
      case "append":
        appendFileSync(String(args["file"]), `${args["text"]}\n`);
        return { state: "done", result: {} };
      default:
        return {
          state: "failed",
          error: { code: "unknown-command", message: `There is no ${command.name}.` },
        };
    }
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url!, "http://runner");
    const identity = { fingerprint, instance };
    if (request.headers.authorization !== `Bearer ${token}`) {
      answer(response, 401, { code: "refused", message: "The token is wrong." });
      return;
    }
    touch();
    switch (`${request.method} ${pathname}`) {
      case "GET /uptime": {
        const uptimeMs = performance.now() - startedAt;
        const protocol = health === "wrong-protocol" ? 99 : 1;
        return answer(response, 200, { ...identity, protocol, uptimeMs });
      }
      case "POST /ping":
        if (health === "automation-stuck") return;
        return answer(response, 200, { ...identity, thread: "automation" });
      case "GET /status": {
        const id = searchParams.get("command");
        const command = id === null ? {} : { command: commands.get(id) ?? { state: "unknown" } };
        const busy = [...commands.values()].some(({ state }) => state === "running");
        return answer(response, 200, { ...identity, state: busy ? "busy" : "idle", ...command });
      }
      case "POST /command": {
        const command = (await json(request)) as Command;
        const known = commands.get(command.id);
        if (known) return answer(response, 200, known);
        commands.set(command.id, { state: "running" });
        const state = await run(command);
        commands.set(command.id, state);
        return answer(response, 200, state);
      }
      case "POST /shutdown":
        answer(response, 202, { stopping: true });
        setImmediate(close);
        return;
      default:
        answer(response, 404, { code: "unknown-route", message: pathname });
    }
  }

  const server = createServer((request, response) => {
    take(request, response).catch((error: Error) => {
      answer(response, 400, { code: "bad-request", message: error.message });
    });
  });
  function close(): void {
    clearTimeout(idle);
    server.close(() => end());
    server.closeAllConnections();
  }
  const listening = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  if (!listening) return "port-taken";
  touch();
  return { port, ended, close };
}
