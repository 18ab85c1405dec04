import { describeFileFault } from "../toolchain/file-fault.ts";

/**
 * A capture that cannot start or end as asked. The message says what to do about it; `code` is
 * stable and kebab-case, for callers that match.
 */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Does what writes into a folder.
 * @throws CaptureError `unusable-folder` for whatever it fails with.
 */
export async function writeInto<T>(folder: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause;
    const problem = `${folder} cannot be written: ${describeFileFault(cause)}`;
    throw new CaptureError("unusable-folder", `${problem}.`, { cause });
  }
}
