/** Puts the deletion rule to a real file: the one place that deletes a local log. */
import { rm, stat } from "node:fs/promises";
import { describeFileFault } from "../toolchain/file-fault.ts";
import { type Disposal, disposalOf, type Ownership } from "./deletion-rule.ts";
import { isHeldOpen } from "./file-holders.ts";
import type { KeepOutcome } from "./keep-evidence.ts";

/**
 * Never throws.
 * @returns what became of the file; a `keep` says why in words.
 */
export async function settleLog(
  path: string,
  upload: KeepOutcome,
  ownership: Ownership,
): Promise<Disposal> {
  const held = upload.kind === "uploaded" ? await isHeldOpen(path) : "unknown";
  // Last, as it may have grown until just now.
  const stats = await stat(path).catch(() => undefined);
  const disposal = disposalOf({ upload, ownership, held, bytes: stats?.size });
  if (disposal.kind === "keep") return disposal;
  try {
    await rm(path);
    return disposal;
  } catch (error) {
    const message = `The local log was kept: it cannot be deleted: ${describeFileFault(error)}.`;
    return { kind: "keep", reason: "maybe-held", message };
  }
}
