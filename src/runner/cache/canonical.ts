/** One text for what means the same: keys are sorted, and so are sets. */
import { createHash } from "node:crypto";

type Value =
  | string
  | number
  | boolean
  | undefined
  | readonly Value[]
  | ReadonlySet<string>
  | { readonly [key: string]: Value };

/** @throws for what JSON cannot tell apart or would drop. */
export function canonicalJson(value: Value): string {
  if (value instanceof Set) return canonicalJson([...value].sort());
  if (Array.isArray(value)) {
    return `[${value.map((each: Value) => canonicalJson(each)).join()}]`;
  }
  if (typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, each]) => each !== undefined)
      // By code units: no locale decides what a key is.
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
    return `{${entries.join()}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${value} is no JSON.`);
  if (value === undefined) throw new Error("What is undefined has no place in a key.");
  return JSON.stringify(value);
}

export function sha256(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
