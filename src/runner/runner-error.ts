/** Why a runner cannot be made ready, and whose fault it is. */
import { statfs } from "node:fs/promises";
import { describeFileFault } from "../toolchain/file-fault.ts";

/**
 * - `environment`: the device, its system, signing, the disk, Xcode: says nothing of an artifact.
 * - `artifact`: what was built or restored does not come up, or is not what it should be.
 * - `source`: the build failed; the compiler's own lines say why.
 * - `caller`: what was asked cannot be done.
 */
export type Blame = "environment" | "artifact" | "source" | "caller";

export interface RunnerErrorDetails extends ErrorOptions {
  /** The end of what the program said that failed. */
  readonly output?: string | undefined;
}

/** The message says what to do about it; `code` is stable and kebab-case, for callers that match. */
export class RunnerError extends Error {
  override readonly name = "RunnerError";
  readonly code: string;
  readonly blame: Blame;
  readonly output: string | undefined;

  constructor(code: string, blame: Blame, message: string, details: RunnerErrorDetails = {}) {
    super(message, details);
    this.code = code;
    this.blame = blame;
    this.output = details.output;
  }
}

const full = new Set(["ENOSPC", "EDQUOT"]);
const forbidden = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * Does what writes below a folder.
 * @throws RunnerError `disk-full`, `not-writable` or `unusable-folder` for what the disk refuses.
 */
export async function writeBelow<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    throw fileFault(folder, cause) ?? cause;
  }
}

/** Less than this is as good as nothing: programs fail in ways of their own then. */
const leastFreeBytes = 1024 * 1024;

/** When a disk is full, whatever else went wrong says nothing. */
export async function fullDisk(...folders: readonly string[]): Promise<RunnerError | undefined> {
  for (const folder of folders) {
    const stats = await statfs(folder).catch(() => undefined);
    if (!stats || stats.bavail * stats.bsize >= leastFreeBytes) continue;
    return new RunnerError("disk-full", "environment", `The disk of ${folder} is full.`);
  }
  return undefined;
}

/** As an error of the environment's; `undefined` for what is no fault of the file system's. */
export function fileFault(folder: string, cause: unknown): RunnerError | undefined {
  if (cause instanceof RunnerError) return undefined;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return undefined;
  const name = full.has(code)
    ? "disk-full"
    : forbidden.has(code)
      ? "not-writable"
      : "unusable-folder";
  const message = `${folder} cannot be written: ${describeFileFault(cause)}.`;
  return new RunnerError(name, "environment", message, { cause });
}
