import type { TaskOptions } from "../toolchain/progress.ts";
import type { StartedCapture, StoppedCapture } from "./capture.ts";
import type { Recording } from "./recordings.ts";
import type { CaptureRecord } from "./storage.ts";

/** One capture, by its kind. */
export interface Session {
  readonly started: Omit<StartedCapture, "sessionId" | "title" | "directory">;
  /** Whether it goes on when its server leaves: the next one then adopts it. */
  readonly outlivesServer: boolean;
  /** How the next server goes on with it; by default as its kind of target says. */
  readonly recordedAs?: Recording["target"];
  /** For the capture's record. */
  readonly apple?: CaptureRecord["apple"];
  /** Can be asked again when it failed. */
  stop(task: TaskOptions): Promise<StoppedCapture>;
  /** Ends without a result; also after a `stop` that failed. */
  abandon(): Promise<void>;
}
