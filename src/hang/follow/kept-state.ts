/** What a follower leaves in its folder, so that others can read on where it stopped. */
import { readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const count = z.number().int().nonnegative();

const schema = z.object({
  format: z.literal("hangscope-follow"),
  version: z.literal(1),
  /** Of the log. */
  path: z.string(),
  /** Which file that is, `device:inode`. */
  file: z.string(),
  /** Bytes of the log up to which all records are kept, but for ticks. */
  keptTo: count,
  /** Bytes of the file of kept records that count: a crash can leave more. */
  keptBytes: count,
  /** Whether `keptTo` stands inside of a line. */
  insideLine: z.boolean(),
  droppedTicks: count,
  /** Up to where the log's space was given back, or is about to be. */
  punchedTo: count,
  /** Whether what stands at the path is no longer what was followed. */
  isLogLost: z.boolean(),
});
export type KeptState = z.output<typeof schema>;

/** Where a follower works unless it was told otherwise. */
export const followFolder = (log: string) => `${log}.follow`;

export const keptFile = (folder: string) => join(folder, "kept.v8log");
const stateFile = (folder: string) => join(folder, "state.json");

/** Undefined when no follower has been there, or nothing can be made of what it left. */
export function readKeptState(folder: string): KeptState | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(stateFile(folder), "utf8")));
  } catch {
    return undefined;
  }
}

export function writeKeptState(folder: string, state: KeptState): void {
  const partial = `${stateFile(folder)}.partial`;
  writeFileSync(partial, JSON.stringify(state), { mode: 0o600 });
  renameSync(partial, stateFile(folder));
}

/** Removes what a follower left, and its folder when nothing else is there. */
export function removeKept(folder: string): void {
  try {
    for (const path of [keptFile(folder), stateFile(folder)]) rmSync(path, { force: true });
    rmdirSync(folder);
  } catch {
    // Somebody else has something there, or it never was.
  }
}
