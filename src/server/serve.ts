/** Puts a server together from its parts, binds it, and takes it down again. */
import { randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createCaptureSessions } from "../capture/v8/sessions.ts";
import { tools as allTools } from "../tools/index.ts";
import type { Services } from "../tools/services.ts";
import type { Tool } from "../tools/tool.ts";
import { Events } from "./events.ts";
import { monotonicMs, startHealthThread } from "./health.ts";
import { createHttp } from "./http.ts";
import { jobsAt } from "./job.ts";
import { Jobs } from "./jobs.ts";
import type { Log } from "./log-file.ts";
import { WorkerProfileStore } from "./profile-store.ts";
import type { Address } from "./state-file.ts";

export interface ServeOptions {
  readonly log: Log;
  /** Milliseconds without a client, a job or a capture after which the server leaves; 0 for never. */
  readonly idleMs: number;
  readonly tools?: readonly Tool[];
  /** Folder for what the next server has to know of captures, should this one die. */
  readonly recordings?: string;
  /** See `McpOptions`. */
  readonly mcpAnswerMs?: number;
}

export interface RunningServer {
  readonly address: Address;
  /** Settles when the server has left, asked to or idle. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const longestIdleCheckMs = 10_000;

export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { log, idleMs, tools } = options;
  const identity = {
    instanceId: randomUUID(),
    token: randomBytes(32).toString("base64url"),
  };
  const events = new Events();
  const health = await startHealthThread({ ...identity, pid: process.pid });
  const jobs = new Jobs(() => {
    const underWay = jobs.underWay;
    health.update(underWay);
    events.say({ kind: "jobs", jobs: jobsAt(underWay, monotonicMs()) });
  });
  const profiles = new WorkerProfileStore((profileId) => {
    events.say({ kind: "profile-updated", profileId });
  });
  let capturesUnderWay = 0;
  const captures = createCaptureSessions((event) => {
    capturesUnderWay += event.kind === "capture-started" ? 1 : -1;
    log.info(`${event.kind} ${event.sessionId}`);
    events.say(event);
  }, options);
  await captures.adopt();
  const services: Services = { profiles, captures };
  const isIdle = () => jobs.underWay.length + capturesUnderWay === 0;
  const { promise: ended, resolve: left } = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      clearInterval(idleTimer);
      jobs.cancelAll();
      await http.close();
      await Promise.allSettled([captures.dispose(), profiles.dispose(), health.stop()]);
      left();
    })();
    return stopping;
  };
  const http = createHttp({
    ...identity,
    tools: tools ?? (allTools as unknown as readonly Tool[]),
    services,
    jobs,
    events,
    log,
    mcpAnswerMs: options.mcpAnswerMs,
    isIdle,
    onShutdown: () => {
      log.info("leaving: asked to");
      // The answer goes first.
      setImmediate(stop);
    },
  });
  await http.listen({ host: "127.0.0.1", port: 0 });

  let usedAt = performance.now();
  http.server.on("request", () => {
    usedAt = performance.now();
  });
  const idleTimer = setInterval(
    () => {
      if (events.listening > 0 || !isIdle()) usedAt = performance.now();
      else if (idleMs > 0 && performance.now() - usedAt >= idleMs) {
        log.info("leaving: idle");
        void stop();
      }
    },
    Math.min(longestIdleCheckMs, Math.max(50, idleMs / 4)),
  );

  const { port } = http.server.address() as AddressInfo;
  return { address: { ...identity, port, healthPort: health.port }, ended, stop };
}
