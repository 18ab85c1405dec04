/** One capture of something that already runs, through its inspector. */
import { join } from "node:path";
import { writePrivateFile } from "../../toolchain/private-file.ts";
import type { NodeProcess } from "../../toolchain/processes.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import type { CaptureTarget, StoppedCapture } from "../capture.ts";
import { CaptureError, writeInto } from "../capture-error.ts";
import { countSamples, tooFewSamples } from "./count-samples.ts";
import { InspectorProfiler } from "./inspector.ts";
import { inspectorTurn } from "./inspector-turn.ts";
import { findNodeProcess, type OpenedInspector, openInspector } from "./open-inspector.ts";

export type InspectorTarget = Exclude<CaptureTarget, { kind: "command" }>;

export class InspectorSession {
  readonly title: string;
  readonly pid: number | undefined;
  readonly #profiler: InspectorProfiler;
  readonly #openedByUs: boolean;
  /** Kept until it is written: the target does not have it any more. */
  #profile: unknown;

  /** `onGone` is called when the target ends before the capture does. */
  static async start(
    target: InspectorTarget,
    onGone: () => void,
    { signal, onProgress }: TaskOptions,
  ): Promise<InspectorSession> {
    if (target.kind === "inspector") {
      onProgress?.({ message: `Connecting to ${target.address}` });
      const profiler = await InspectorProfiler.start(target.address, onGone, { signal });
      return new InspectorSession(profiler, false);
    }
    onProgress?.({ message: `Opening the inspector of process ${target.pid}` });
    const found = await findNodeProcess(target.pid, signal);
    const { address, openedByUs } = await openInTurn(found, signal);
    const profiler = await InspectorProfiler.start(address, onGone, { signal, openedByUs });
    if (profiler.pid !== undefined && profiler.pid !== target.pid) {
      await profiler.close(false);
      const problem = `The inspector at ${address} is that of process ${profiler.pid}`;
      throw new CaptureError("no-inspector", `${problem}, not of ${target.pid}: try again.`);
    }
    return new InspectorSession(profiler, openedByUs);
  }

  private constructor(profiler: InspectorProfiler, openedByUs: boolean) {
    this.#profiler = profiler;
    this.#openedByUs = openedByUs;
    this.pid = profiler.pid;
    this.title = profiler.title;
  }

  /**
   * Lets go of the target and writes the profile into `directory`. Can be asked again.
   * @throws CaptureError `unusable-folder`.
   */
  async stop(directory: string, { onProgress }: TaskOptions): Promise<StoppedCapture> {
    onProgress?.({ message: "Fetching the profile" });
    try {
      this.#profile ??= await this.#profiler.stop();
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error;
      return { profiles: [], unprofiled: [], warnings: [error.message] };
    } finally {
      await this.release();
    }
    const pid = this.pid ?? 0;
    const path = join(directory, pid === 0 ? "inspector.cpuprofile" : `node-${pid}.cpuprofile`);
    const text = JSON.stringify(this.#profile);
    await writeInto(directory, () => writePrivateFile(path, text));
    const samples = await countSamples(path);
    const captured = { path, bytes: Buffer.byteLength(text), pid, title: this.title, samples };
    return { profiles: [captured], unprofiled: [], warnings: tooFewSamples(samples) };
  }

  async release(): Promise<void> {
    await this.#profiler.close(this.#openedByUs);
  }
}

/** A look at what another process is stuck on has the port for a moment only. */
async function openInTurn(
  found: NodeProcess,
  signal: AbortSignal | undefined,
): Promise<OpenedInspector> {
  const endTurn = await inspectorTurn(signal);
  try {
    return await openInspector(found, signal);
  } finally {
    endTurn();
  }
}
