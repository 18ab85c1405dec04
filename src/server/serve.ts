/** Puts a server together from its parts, binds it, and takes it down again. */
import { randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { UploadBudgets } from "../artifacts/budget.ts";
import { createCaptureSessions } from "../capture/sessions.ts";
import { Browsers } from "../hang/chromium/browsers.ts";
import { hangWatch } from "../hang/watch/hang-watch.ts";
import { LocalRunners } from "../runner/local-runners.ts";
import type { RunnerService } from "../runner/provider.ts";
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
  /** By default those of this machine's Xcode. */
  readonly runners?: RunnerService;
  /** Folder for what the next server has to know of captures, should this one die. */
  readonly recordings?: string;
  /** Folder for evidence of the workspace. */
  readonly artifacts?: string;
  /** Folder for user data of browsers; none is started without it. */
  readonly browsers?: string;
  /** See `McpOptions`. */
  readonly mcpAnswerMs?: number;
}

export interface RunningServer {
  readonly address: Address;
  /** Settles when the server has left, asked to or idle. */
  readonly ended: Promise<void>;
  /**
   * The one way out, however it is asked for: cancels the jobs, keeps what was captured, and ends
   * what was started.
   * @param why for the log
   */
  stop(why?: string): Promise<void>;
}

const longestIdleCheckMs = 10_000;
/** A job that is cancelled and does not end by then is left behind. */
const cancelMs = 6_000;

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
  const captures = createCaptureSessions(
    (event) => {
      log.info(`${event.kind} ${event.sessionId}`);
      events.say(event);
    },
    { ...options, startWatch: hangWatch({ profiles, log }) },
  );
  await captures.adopt();
  const { runners = new LocalRunners() } = options;
  const browsers = new Browsers(options.browsers);
  // Another server may have been killed beside its browser.
  await browsers.sweep();
  const services: Services = {
    profiles,
    captures,
    runners,
    browsers,
    artifactFolder: options.artifacts,
    uploads: new UploadBudgets(),
    tell: (event) => events.say(event),
  };
  const isIdle = () => jobs.underWay.length === 0 && !captures.needServer && !browsers.needServer;
  const { promise: ended, resolve: left } = Promise.withResolvers<void>();
  let stopping: Promise<void> | undefined;
  const leave = async (why: string) => {
    log.info(`leaving: ${why}`);
    clearInterval(idleTimer);
    // No job comes after that, and whoever waits for one hears that the server has gone.
    await http.close();
    await Promise.race([jobs.cancelAll(), sleep(cancelMs, undefined, { ref: false })]);
    await Promise.allSettled([
      captures.dispose(),
      profiles.dispose(),
      runners.dispose(),
      browsers.dispose(),
      health.stop(),
    ]);
    left();
  };
  const stop = (why = "asked to") => {
    stopping ??= leave(why);
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
    // The answer goes first.
    onShutdown: () => setImmediate(stop),
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
        void stop("idle");
      }
    },
    Math.min(longestIdleCheckMs, Math.max(50, idleMs / 4)),
  );

  const { port } = http.server.address() as AddressInfo;
  return { address: { ...identity, port, healthPort: health.port }, ended, stop };
}
