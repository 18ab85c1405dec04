/** What a preparation that failed answers. */
import { CaptureError } from "../capture/capture-error.ts";
import { ToolError } from "../toolchain/run.ts";
import type { NotPrepared, Phase } from "./prepare-result.ts";
import { RunnerError } from "./runner-error.ts";

interface Context extends Pick<NotPrepared, "timings" | "warnings" | "diagnostics"> {
  readonly phase: Phase;
}

/** @throws what is a defect of ours. */
export function notPrepared(error: unknown, { phase, ...rest }: Context): NotPrepared {
  const { code, blame, message, output } = describe(error);
  return {
    ok: false,
    failure: {
      code,
      phase,
      blame,
      message,
      ...(output !== undefined && output !== "" && { output }),
    },
    ...rest,
  };
}

function describe(error: unknown): RunnerError {
  if (error instanceof RunnerError) return error;
  // A tool of Apple's that failed where none should.
  if (error instanceof ToolError || error instanceof CaptureError) {
    const output = error instanceof ToolError ? error.stderr : undefined;
    return new RunnerError("tool-failed", "environment", error.message, { output });
  }
  throw error;
}
