/**
 * Which captures a server has under way, a small file each: when it dies, the next one adopts
 * them, so that what was recorded can still be stopped and collected.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ensurePrivateFolder, writePrivateFile } from "../toolchain/private-file.ts";
import { processIdentitySchema } from "../toolchain/process-identity/identity.ts";
import { appleRecordSchema } from "./apple/apple-record.ts";
import { writeInto } from "./capture-error.ts";
import { watchSchema } from "./session-watch.ts";

const recordingSchema = z.object({
  sessionId: z.string().regex(/^[\w-]+$/),
  /** Absolute path of the capture's own folder. */
  directory: z.string(),
  sampler: z.enum(["prof", "cpu-prof"]),
  watch: watchSchema.optional(),
  target: z.discriminatedUnion("kind", [
    /** Its caller launched the program, and ends it. */
    z.object({ kind: z.literal("caller") }),
    /** The server launched it. */
    z.object({ kind: z.literal("server"), program: processIdentitySchema }),
    /** Instruments records; `program` is `xctrace`. */
    z.object({
      kind: z.literal("apple"),
      program: processIdentitySchema,
      record: appleRecordSchema,
      /** For the tools that export what it recorded. */
      env: z.record(z.string(), z.string()),
    }),
    /** The profile is in the target's memory until the capture is stopped. */
    z.object({ kind: z.literal("attached") }),
  ]),
});
export type Recording = z.output<typeof recordingSchema>;

export class Recordings {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws CaptureError `unusable-folder`. */
  async add(recording: Recording): Promise<void> {
    await writeInto(this.#folder, async () => {
      await ensurePrivateFolder(this.#folder);
      await writePrivateFile(this.#path(recording.sessionId), JSON.stringify(recording));
    });
  }

  async remove(sessionId: string): Promise<void> {
    await rm(this.#path(sessionId), { force: true });
  }

  /** Files that are no recordings are deleted. */
  async list(): Promise<Recording[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found: Recording[] = [];
    for (const name of names) {
      const path = join(this.#folder, name);
      try {
        found.push(recordingSchema.parse(JSON.parse(await readFile(path, "utf8"))));
      } catch {
        await rm(path, { force: true });
      }
    }
    return found;
  }

  #path(sessionId: string): string {
    return join(this.#folder, `${sessionId}.json`);
  }
}
