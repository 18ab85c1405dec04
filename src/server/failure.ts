/** How a failed call is answered: what the caller can mend in full, defects of ours by an id. */
import { randomUUID } from "node:crypto";
import { ArtifactError } from "../artifacts/artifact-error.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { RunnerError } from "../runner/runner-error.ts";
import { ToolError } from "../tools/tool.ts";
import type { ErrorAnswer } from "./protocol.ts";

/** Errors that cross the worker boundary keep their name only. */
const callersFaults: Readonly<Record<string, string>> = {
  FormatError: "unreadable-file",
  QueryError: "bad-query",
};

export interface Failure {
  readonly status: number;
  readonly answer: ErrorAnswer;
  /** What the log should say; absent when the caller was told everything. */
  readonly log?: string;
}

export function describeFailure(error: unknown): Failure {
  if (
    error instanceof ToolError ||
    error instanceof CaptureError ||
    error instanceof RunnerError ||
    error instanceof ArtifactError
  ) {
    return { status: 422, answer: { code: error.code, message: error.message } };
  }
  if (error instanceof Error) {
    const code = callersFaults[error.name] ?? fileFault(error);
    if (code) return { status: 422, answer: { code, message: error.message } };
    if (error.name === "AbortError") {
      return { status: 409, answer: { code: "cancelled", message: "The call was cancelled." } };
    }
  }
  const id = randomUUID();
  const text = error instanceof Error ? error.message : String(error);
  return {
    status: 500,
    answer: { code: "internal", message: `${text} (The server's log has more, under ${id}.)` },
    log: `${id} ${error instanceof Error ? error.stack : text}`,
  };
}

function fileFault(error: Error): string | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? /^([A-Z]{4,8}):/.exec(error.message)?.[1];
  return code === "ENOENT" || code === "EACCES" || code === "EISDIR" ? "no-file" : undefined;
}
