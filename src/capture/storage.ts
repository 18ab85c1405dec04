/**
 * Where captures are kept: a folder per capture under one root, with the profiles and a small
 * `capture.json` that says what they are. Functions of the file system only, so that a view can
 * list, rename and delete without a server.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writePrivateFile } from "../toolchain/private-file.ts";
import { isAlive } from "../toolchain/process-identity/identity.ts";
import { strategies } from "./apple/strategies.ts";
import { CaptureError, writeInto } from "./capture-error.ts";

const recordName = "capture.json";

const recordSchema = z.object({
  title: z.string(),
  command: z.string(),
  sampler: z.enum(["prof", "cpu-prof", "inspector", "xctrace", "hang"]),
  /** Of a recording by Instruments. */
  apple: z
    .object({
      xcode: z.string(),
      strategy: z.enum(strategies),
      reason: z.string(),
      template: z.string(),
      pid: z.number().int().optional(),
    })
    .optional(),
  node: z.object({ version: z.string(), path: z.string() }).optional(),
  /** Of a session that is watched: it leaves no profile, and its folder goes with it. */
  isWatched: z.literal(true).optional(),
  /** ISO 8601. */
  startedAt: z.string(),
  /** Absent while the capture is under way, or when its recorder died. */
  endedAt: z.string().optional(),
  /** The process that records. */
  recorder: z.number().int(),
  /** File names in the capture's folder, most samples first. */
  profiles: z.array(z.object({ file: z.string(), title: z.string(), pid: z.number() })),
});
/** What `capture.json` holds. */
export type CaptureRecord = z.output<typeof recordSchema>;

export interface StoredCapture extends CaptureRecord {
  /** Name of its folder under the root. */
  readonly id: string;
  /** Absolute path, if the root's is. */
  readonly directory: string;
  /** Of all files in the folder. */
  readonly bytes: number;
}

/**
 * Makes a capture's folder, private to this user, and gives its absolute path and id.
 * @throws CaptureError `unusable-folder`; no folder is left then.
 */
export async function createCapture(
  root: string,
  record: CaptureRecord,
): Promise<{ id: string; directory: string }> {
  const time = record.startedAt.slice(0, 19).replace("T", "-").replaceAll(":", "");
  const id = `${time}-${randomBytes(3).toString("hex")}`;
  const directory = join(root, id);
  try {
    await writeInto(root, () => mkdir(directory, { recursive: true, mode: 0o700 }));
    await writeRecord(directory, record);
  } catch (error) {
    await rm(directory, { recursive: true, force: true }).catch(() => {});
    throw error;
  }
  return { id, directory };
}

/**
 * Appears whole or not at all.
 * @throws CaptureError `unusable-folder`.
 */
export async function writeRecord(directory: string, record: CaptureRecord): Promise<void> {
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  await writeInto(directory, () => writePrivateFile(join(directory, recordName), text));
}

/** Newest first. Folders that are not captures are passed over; no root is no captures. */
export async function listCaptures(root: string): Promise<StoredCapture[]> {
  const ids = await readdir(root).catch(() => []);
  const captures = await Promise.all(ids.map((id) => readCapture(root, id)));
  return captures
    .filter((capture) => capture !== undefined)
    .sort((a, b) => b.startedAt.localeCompare(a.startedAt) || b.id.localeCompare(a.id));
}

/** @throws CaptureError `unknown-capture`. */
export async function renameCapture(root: string, id: string, title: string): Promise<void> {
  const { id: _id, directory, bytes: _bytes, ...record } = await existing(root, id);
  await writeRecord(directory, { ...record, title });
}

/** @throws CaptureError `unknown-capture`. */
export async function deleteCapture(root: string, id: string): Promise<void> {
  const { directory } = await existing(root, id);
  await rm(directory, { recursive: true, force: true });
}

/**
 * Deletes the oldest captures until all together hold at most `maxBytes`, and gives their ids.
 * The newest one stays, however large, and so do those under way.
 */
export async function pruneCaptures(root: string, maxBytes: number): Promise<string[]> {
  const [newest, ...older] = await listCaptures(root);
  let total = older.reduce((sum, { bytes }) => sum + bytes, newest?.bytes ?? 0);
  const deleted: string[] = [];
  for (const capture of older.reverse()) {
    if (total <= maxBytes) break;
    if (isUnderWay(capture)) continue;
    await rm(capture.directory, { recursive: true, force: true });
    total -= capture.bytes;
    deleted.push(capture.id);
  }
  return deleted;
}

export function isUnderWay(capture: CaptureRecord): boolean {
  return capture.endedAt === undefined && isAlive(capture.recorder);
}

async function existing(root: string, id: string): Promise<StoredCapture> {
  const capture = await readCapture(root, id);
  if (!capture) throw new CaptureError("unknown-capture", `There is no capture ${id} any more.`);
  return capture;
}

/** Nothing for what is not a capture, and for ids that point out of the root. */
async function readCapture(root: string, id: string): Promise<StoredCapture | undefined> {
  if (!/^[\w-]+$/.test(id)) return undefined;
  const directory = join(root, id);
  const record = await readRecord(directory);
  return record && { ...record, id, directory, bytes: await bytesBelow(directory) };
}

/** `undefined` where there is no capture. */
export async function readRecord(directory: string): Promise<CaptureRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(join(directory, recordName), "utf8")));
  } catch {
    return undefined;
  }
}

/** Of all files in a folder; 0 for none. */
export async function bytesBelow(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map((entry) => stat(join(entry.parentPath, entry.name)).then((stats) => stats.size));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
