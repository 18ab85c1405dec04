/** A CPU profile of something that already runs, taken through V8's inspector. */
import { CaptureError } from "../capture-error.ts";
import { endInspector, findInspector, pidOf } from "./find-inspector.ts";
import { type Ask, InspectorClient } from "./inspector-client.ts";

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
   * @param task `openedByUs`: a start that fails closes the inspector again
   * @throws CaptureError `no-inspector`, `inspector-timeout`, `inspector-error`; the signal's
   *   reason when aborted.
   */
  static async start(
    address: string,
    onGone: () => void,
    { signal, openedByUs = false }: { signal?: AbortSignal | undefined; openedByUs?: boolean } = {},
  ): Promise<InspectorProfiler> {
    const { title, url } = await findInspector(address, { signal });
    const client = await InspectorClient.connect(url, signal);
    const ask: Ask = (method, params) => client.ask(method, params, { signal });
    try {
      const pid = await pidOf(ask);
      await ask("Profiler.enable");
      await ask("Profiler.setSamplingInterval", { interval: samplingIntervalUs });
      await ask("Profiler.start");
      await discardOptimizedCode(ask);
      client.onGone = onGone;
      return new InspectorProfiler(client, title, pid);
    } catch (error) {
      // Unanswered: the target does it when it can, and nobody waits for that.
      if (openedByUs) client.tell("Runtime.evaluate", endInspector);
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
    const answer = await this.#client.ask("Profiler.stop", {}, { ms: stopMs });
    return (answer as { profile: unknown }).profile;
  }

  /** Lets go of the target; `closeInspector` also closes the port that was opened for us. */
  async close(closeInspector: boolean): Promise<void> {
    if (!this.#client.isOpen) return;
    this.#client.onGone = () => {};
    // The answer to the first is the end of the connection.
    const last = closeInspector
      ? this.#client.ask("Runtime.evaluate", endInspector)
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
async function discardOptimizedCode(ask: Ask): Promise<void> {
  try {
    await ask("Profiler.startPreciseCoverage", { callCount: false, detailed: false });
    await ask("Profiler.stopPreciseCoverage");
  } catch (error) {
    // Other engines than V8 may not know it; the profile is good without.
    if (!(error instanceof CaptureError && error.code === "inspector-error")) throw error;
  }
}
