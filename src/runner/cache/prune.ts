/** Keeps the cache within bounds, and lists what it holds. */

import { join } from "node:path";
import type { ArtifactMetadata } from "./cache-key.ts";
import type { EntryStore } from "./entry-store.ts";
import { readManifest } from "./manifest.ts";

export interface CacheBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

export const defaultBounds: CacheBounds = { maxBytes: 10 * 1024 ** 3, maxEntries: 50 };

export interface ListedEntry {
  readonly key: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly bytes: number;
  /** ISO 8601; `""` for one whose manifest cannot be read. */
  readonly createdAt: string;
  /** Milliseconds since the epoch; 0 for never. */
  readonly usedAt: number;
  /** Why it is not used any more. */
  readonly bad?: string;
  readonly metadata?: ArtifactMetadata;
}

/** Last used first. */
export async function listEntries(store: EntryStore): Promise<ListedEntry[]> {
  const uses = await store.uses();
  const found = await Promise.all(
    (await store.keys()).map(async (key) => {
      const { order = 0, at: usedAt = 0 } = uses.get(key) ?? {};
      const manifest = await readManifest(join(store.entryFolder(key), "manifest.json"));
      const state = await store.find(key);
      const bad = "reason" in state && { bad: state.reason };
      const folder = store.entryFolder(key);
      const entry: ListedEntry =
        typeof manifest === "object"
          ? { key, folder, usedAt, ...bad, ...pick(manifest) }
          : { key, folder, usedAt, ...bad, bytes: 0, createdAt: "" };
      return { order, entry };
    }),
  );
  return found
    .sort((a, b) => b.order - a.order || a.entry.key.localeCompare(b.entry.key))
    .map(({ entry }) => entry);
}

function pick({
  bytes,
  createdAt,
  metadata,
}: Pick<ListedEntry, "bytes" | "createdAt"> & {
  readonly metadata: ArtifactMetadata;
}) {
  return { bytes, createdAt, metadata };
}

/**
 * Removes what cannot be used and then what was not used for longest, until the rest is within
 * bounds. What is in use, or being made, stays.
 * @param inUse keys that runners run from
 * @returns the keys that went.
 */
export async function pruneCache(
  store: EntryStore,
  bounds: CacheBounds,
  inUse: ReadonlySet<string>,
): Promise<string[]> {
  const entries = await listEntries(store);
  const removed: string[] = [];
  let kept = 0;
  let bytes = 0;
  for (const entry of entries) {
    const fits =
      kept < bounds.maxEntries && bytes + entry.bytes <= bounds.maxBytes && entry.bad === undefined;
    if (fits || inUse.has(entry.key) || !(await removeUnlocked(store, entry.key))) {
      kept++;
      bytes += entry.bytes;
    } else removed.push(entry.key);
  }
  for (const key of await store.stagingKeys()) await discardUnlocked(store, key);
  await store.emptyTrash();
  return removed;
}

/** False when there is none, or somebody makes or moves it just now. */
export async function removeUnlocked(store: EntryStore, key: string): Promise<boolean> {
  const lock = await store.tryLock(key).catch(() => undefined);
  if (!lock) return false;
  try {
    await store.remove(key);
    return true;
  } finally {
    lock.release();
  }
}

/** A build that nobody goes on with. */
async function discardUnlocked(store: EntryStore, key: string): Promise<void> {
  const lock = await store.tryLock(key).catch(() => undefined);
  if (!lock) return;
  try {
    await store.discardStaging(key);
  } finally {
    lock.release();
  }
}
