/** Puts a server together from its parts, binds it, and takes it down again. */
import { randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createCaptureSessions } from "../capture/v8/sessions.ts";
import { tools as allTools } from "../tools/index.ts";
import type { Services } from "../tools/services.ts";
import type { Tool } from "../tools/tool.ts";
import { Events } from "./events.ts";
import { startHealthThread } from "./health.ts";
import { createHttp } from "./http.ts";
import { Jobs } from "./job.ts";
import { WorkerProfileStore } from "./profile-store.ts";
import type { Ready } from "./protocol.ts";

export interface ServeOptions {
  readonly log: (line: string) => void;
  /** Milliseconds without a client, a job or a capture after which the server leaves; 0 for never. */
  readonly idleMs: number;
  readonly tools?: readonly Tool[];
}

export interface RunningServer {
  readonly ready: Ready;
  /** Settles when the server has left, asked to or idle. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export async function serve({ log, idleMs, tools }: ServeOptions): Promise<RunningServer> {
  const identity = {
    instanceId: randomUUID(),
    pid: process.pid,
    token: randomBytes(32).toString("base64url"),
  };
  const events = new Events();
  const health = await startHealthThread(identity);
  const jobs = new Jobs(() => {
    health.update({
      jobs: jobs.running.map(({ id, tool, startedAt }) => ({ id, tool, startedAt })),
    });
  });
  const profiles = new WorkerProfileStore((profileId) => {
    events.say({ kind: "profile-updated", profileId });
  });
  let capturesUnderWay = 0;
  const captures = createCaptureSessions((event) => {
    capturesUnderWay += event.kind === "capture-started" ? 1 : -1;
    events.say(event);
  });
  const services: Services = { profiles, captures };
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
    onShutdown: () => setImmediate(stop),
  });
  await http.listen({ host: "127.0.0.1", port: 0 });

  let busyAt = Date.now();
  http.server.on("request", () => {
    busyAt = Date.now();
  });
  const idleTimer = setInterval(
    () => {
      if (events.listening + jobs.running.length + capturesUnderWay > 0) busyAt = Date.now();
      else if (idleMs > 0 && Date.now() - busyAt >= idleMs) {
        log("leaving: idle");
        void stop();
      }
    },
    Math.min(10_000, Math.max(50, idleMs / 4)),
  );

  const { port } = http.server.address() as AddressInfo;
  return {
    ready: { kind: "ready", ...identity, port, healthPort: health.port },
    ended,
    stop,
  };
}
