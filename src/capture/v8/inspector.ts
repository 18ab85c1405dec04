/** A CPU profile taken through V8's inspector protocol. Every step has a time limit and a name. */
import type { Client } from "chrome-remote-interface";
import { CaptureError } from "./capture-error.ts";

const connectMs = 5_000;
/** V8 serializes the whole profile before it answers. */
const stopMs = 60_000;
const samplingIntervalUs = 1_000;

export interface InspectorTarget {
  readonly title: string;
  readonly url: string;
}

/** A profiler that runs until it is stopped or its target is gone. */
export class InspectorProfiler {
  readonly target: InspectorTarget;
  /** Of the profiled process; absent where the target is no Node or did not say. */
  readonly pid: number | undefined;
  readonly #client: Client;
  #gone = false;
  /** Called when the target ends or ends the connection. */
  onGone: () => void = () => {};

  private constructor(client: Client, target: InspectorTarget, pid: number | undefined) {
    this.#client = client;
    this.target = target;
    this.pid = pid;
    client.once("disconnect", () => {
      this.#gone = true;
      this.onGone();
    });
  }

  /**
   * @param address `ws://…`, `host:port` or `port`.
   * @throws CaptureError `no-inspector` or `inspector-timeout`.
   */
  static async start(address: string): Promise<InspectorProfiler> {
    const target = await findTarget(address);
    const { default: connect } = await import("chrome-remote-interface");
    const connecting = connect({ target: target.webSocketUrl, protocol: { domains: [] } });
    // One that comes up too late is closed again.
    const client = await within(connectMs, "Connecting to the inspector", connecting, (late) =>
      late.close(),
    ).catch((error: unknown) => {
      if (error instanceof CaptureError) throw error;
      const problem = `The inspector at ${address} refused the connection`;
      throw new CaptureError("no-inspector", `${problem}: ${String(error)}`, { cause: error });
    });
    try {
      const pid = await pidOf(client);
      await ask(client, "Profiler.enable");
      await ask(client, "Profiler.setSamplingInterval", { interval: samplingIntervalUs });
      await ask(client, "Profiler.start");
      return new InspectorProfiler(client, target, pid);
    } catch (error) {
      void client.close();
      throw error;
    }
  }

  /**
   * The profile, as a `.cpuprofile` file holds it.
   * @throws CaptureError `target-gone` or `inspector-timeout`.
   */
  async stop(): Promise<unknown> {
    if (this.#gone) {
      throw new CaptureError(
        "target-gone",
        "The process ended before the capture was stopped, and its profile with it. " +
          "Start the program from here to profile it to its end.",
      );
    }
    const { profile } = (await ask(this.#client, "Profiler.stop", {}, stopMs)) as {
      profile: unknown;
    };
    return profile;
  }

  /** Lets go of the target; `closeInspector` also closes the port that was opened for us. */
  async close(closeInspector: boolean): Promise<void> {
    if (this.#gone) return;
    if (closeInspector) {
      const expression = "process._debugEnd()";
      // Its answer is the end of the connection.
      await ask(this.#client, "Runtime.evaluate", { expression }).catch(() => {});
    } else {
      await ask(this.#client, "Profiler.disable").catch(() => {});
    }
    await within(connectMs, "Closing the inspector", this.#client.close()).catch(() => {});
  }
}

/** The targets that an inspector lists; none when nothing or something else answers there. */
export async function listTargets(host: string, port: number) {
  const { default: connect } = await import("chrome-remote-interface");
  try {
    const targets = await within(connectMs, "Listing targets", connect.List({ host, port }));
    return targets.filter((target) => target.webSocketDebuggerUrl !== undefined);
  } catch {
    return [];
  }
}

async function findTarget(address: string): Promise<InspectorTarget & { webSocketUrl: string }> {
  if (/^wss?:\/\//.test(address)) return { title: address, url: address, webSocketUrl: address };
  const [, host = "127.0.0.1", port] = /^(?:(.+):)?(\d+)$/.exec(address) ?? [];
  if (port === undefined) {
    const expected = 'a ws:// URL, "host:port" or a port';
    throw new CaptureError("no-inspector", `"${address}" is no inspector: expected ${expected}.`);
  }
  const targets = await listTargets(host.replace(/^\[(.*)\]$/, "$1"), Number(port));
  const target = targets.find(({ type }) => type === "node" || type === "page") ?? targets[0];
  if (!target) {
    throw new CaptureError(
      "no-inspector",
      `No inspector answers at ${address}. Start the program with "node --inspect", or choose it by its process.`,
    );
  }
  return { title: target.title, url: target.url, webSocketUrl: target.webSocketDebuggerUrl! };
}

async function pidOf(client: Client): Promise<number | undefined> {
  const expression = "typeof process === 'object' ? process.pid : undefined";
  const answer = (await ask(client, "Runtime.evaluate", { expression })) as {
    result?: { value?: unknown };
  };
  const pid = answer.result?.value;
  return typeof pid === "number" ? pid : undefined;
}

function ask(client: Client, method: string, params: object = {}, ms = connectMs) {
  return within(ms, method, client.send(method, params));
}

/** @throws CaptureError `inspector-timeout`, naming the step. */
async function within<T>(
  ms: number,
  step: string,
  promise: Promise<T>,
  onLate: (value: T) => unknown = () => {},
): Promise<T> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    promise.then(onLate).catch(() => {});
    timeout.reject(
      new CaptureError(
        "inspector-timeout",
        `${step} got no answer in ${ms / 1000} s. The process may be stopped, or inside one long native call; try again when it returns.`,
      ),
    );
  }, ms);
  try {
    return await Promise.race([promise, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
