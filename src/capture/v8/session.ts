import type { TaskOptions } from "../../toolchain/progress.ts";
import type { StartedCapture, StoppedCapture } from "./capture.ts";

/** One capture, by its kind. */
export interface Session {
  readonly started: Omit<StartedCapture, "sessionId" | "title" | "directory">;
  /** Whether it goes on when its server leaves: the next one then adopts it. */
  readonly outlivesServer: boolean;
  stop(task: TaskOptions): Promise<StoppedCapture>;
  /** Ends without a result. */
  abandon(): Promise<void>;
}
