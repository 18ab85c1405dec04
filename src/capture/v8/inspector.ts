/** A CPU profile of something that already runs, taken through V8's inspector. */
import { CaptureError } from "./capture-error.ts";
import { InspectorClient, listTargets } from "./inspector-client.ts";

/** V8 serializes the whole profile before it answers. */
const stopMs = 60_000;
const samplingIntervalUs = 1_000;

/** A profiler that runs until it is stopped or its target is gone. */
export class InspectorProfiler {
  /** What the target calls itself. */
  readonly title: string;
  /** Of the profiled process; absent where the target is no Node. */
  readonly pid: number | undefined;
  readonly #client: InspectorClient;

  /**
   * @param address `ws://…`, `host:port` or `port`.
   * @param onGone Called when the target ends before the profiler does.
   * @throws CaptureError `no-inspector`, `inspector-timeout`, `inspector-error`.
   */
  static async start(address: string, onGone: () => void): Promise<InspectorProfiler> {
    const { title, url } = await findTarget(address);
    const client = await InspectorClient.connect(url);
    try {
      const pid = await pidOf(client);
      await client.ask("Profiler.enable");
      await client.ask("Profiler.setSamplingInterval", { interval: samplingIntervalUs });
      await client.ask("Profiler.start");
      await discardOptimizedCode(client);
      client.onGone = onGone;
      return new InspectorProfiler(client, title, pid);
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private constructor(client: InspectorClient, title: string, pid: number | undefined) {
    this.#client = client;
    this.title = title;
    this.pid = pid;
  }

  /**
   * The profile, as a `.cpuprofile` file holds it.
   * @throws CaptureError `target-gone`, `inspector-timeout`, `inspector-error`.
   */
  async stop(): Promise<unknown> {
    const answer = await this.#client.ask("Profiler.stop", {}, stopMs);
    return (answer as { profile: unknown }).profile;
  }

  /** Lets go of the target; `closeInspector` also closes the port that was opened for us. */
  async close(closeInspector: boolean): Promise<void> {
    if (!this.#client.isOpen) return;
    this.#client.onGone = () => {};
    // The answer to the first is the end of the connection.
    const last = closeInspector
      ? this.#client.ask("Runtime.evaluate", { expression: "process._debugEnd()" })
      : this.#client.ask("Profiler.disable");
    await last.catch(() => {});
    this.#client.close();
  }
}

/**
 * Code that was optimized before the profiler started does not say what was inlined into it: a
 * process that is stuck in a loop would be charged to whoever called it first, such as
 * `listOnTimeout`. Coverage makes V8 throw optimized code away, and the code that takes its place
 * says it. It has to be asked for after the start, or V8 may optimize again in between.
 */
async function discardOptimizedCode(client: InspectorClient): Promise<void> {
  try {
    await client.ask("Profiler.startPreciseCoverage", { callCount: false, detailed: false });
    await client.ask("Profiler.stopPreciseCoverage");
  } catch (error) {
    // Other engines than V8 may not know it; the profile is good without.
    if (!(error instanceof CaptureError && error.code === "inspector-error")) throw error;
  }
}

async function findTarget(address: string): Promise<{ title: string; url: string }> {
  if (/^wss?:\/\//.test(address)) return { title: address, url: address };
  const [, host = "127.0.0.1", port] = /^(?:(.+):)?(\d+)$/.exec(address) ?? [];
  if (port === undefined) {
    const expected = 'a ws:// URL, "host:port" or a port';
    throw new CaptureError("no-inspector", `"${address}" is no inspector: expected ${expected}.`);
  }
  const targets = await listTargets(host, Number(port));
  const free = targets.filter(({ webSocketDebuggerUrl }) => webSocketDebuggerUrl !== undefined);
  const target = free.find(({ type }) => type === "node" || type === "page") ?? free[0];
  if (target) return { title: target.title, url: target.webSocketDebuggerUrl! };
  const problem =
    targets.length > 0
      ? `A debugger is attached to what listens at ${address} already`
      : `No inspector answers at ${address}`;
  const advice = 'Start the program with "node --inspect", or choose it by its process.';
  throw new CaptureError("no-inspector", `${problem}. ${advice}`);
}

async function pidOf(client: InspectorClient): Promise<number | undefined> {
  const expression = "typeof process === 'object' ? process.pid : undefined";
  const answer = await client.ask("Runtime.evaluate", { expression });
  const pid = (answer as { result?: { value?: unknown } }).result?.value;
  return typeof pid === "number" ? pid : undefined;
}
