/** When a local log may go: only when nothing at all speaks for keeping it. */
import type { KeepOutcome } from "./keep-evidence.ts";

/**
 * Whose log it is.
 * - `own`: the pegged process's, without any doubt.
 * - `other`: another process's.
 * - `unclear`: there are several candidates, or none that must be it.
 */
export type Ownership = "own" | "other" | "unclear";

/** By its name, in which V8 writes the process. */
export function ownershipOf(path: string, pid: number | undefined): Ownership {
  const named = /(?:^|[\\/])isolate-0x[\da-f]+-(\d+)-[^\\/]*$/i.exec(path)?.[1];
  if (named === undefined || pid === undefined) return "unclear";
  return Number(named) === pid ? "own" : "other";
}

/** Whether a process has it open; `unknown` where the system does not tell. */
export type Held = "yes" | "no" | "unknown";

export interface LogFacts {
  readonly upload: KeepOutcome;
  readonly ownership: Ownership;
  readonly held: Held;
  /** Of the file now; `undefined` when it cannot be looked at. */
  readonly bytes: number | undefined;
}

export type KeepReason =
  | "upload-failed"
  | "upload-declined"
  | "upload-disabled"
  | "not-own"
  | "maybe-not-own"
  | "held"
  | "maybe-held"
  | "changed";

export type Disposal =
  | { readonly kind: "delete" }
  | {
      readonly kind: "keep";
      readonly reason: KeepReason;
      /** One sentence for a person. */
      readonly message: string;
    };

/** The one rule. Its order is that of what a person would want to hear first. */
export function disposalOf({ upload, ownership, held, bytes }: LogFacts): Disposal {
  switch (upload.kind) {
    case "failed":
      return keep("upload-failed", `its upload failed: ${upload.reason}`);
    case "declined":
      return keep("upload-declined", `its upload was declined: ${upload.reason}`);
    case "disabled":
      return keep("upload-disabled", "no place to keep it elsewhere is set.");
    case "uploaded":
      break;
  }
  if (ownership === "other") return keep("not-own", "it is another process's.");
  if (ownership !== "own") return keep("maybe-not-own", "it may be another process's.");
  if (held === "yes") return keep("held", "a process still has it open.");
  if (held !== "no") {
    return keep("maybe-held", "the system does not tell whether a process still has it open.");
  }
  if (bytes !== upload.bytes) return keep("changed", "it has changed since it was uploaded.");
  return { kind: "delete" };
}

function keep(reason: KeepReason, why: string): Disposal {
  return { kind: "keep", reason, message: `The local log was kept: ${why}` };
}
