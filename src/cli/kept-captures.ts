/** Captures that nobody asked to have elsewhere: where they go, and how many bytes of them stay. */
import { join } from "node:path";
import { pruneCaptures } from "../capture/storage.ts";
import { dataFolder } from "../toolchain/data-folder.ts";

/** Of all kinds together: a recording of Instruments takes gigabytes. */
export const keptBytes = 4 * 1024 ** 3;

export function keptCaptures(): string {
  return join(dataFolder(), "captures");
}

/** Removes the oldest, as many as are too many. */
export async function pruneKept(): Promise<void> {
  await pruneCaptures(keptCaptures(), keptBytes);
}
