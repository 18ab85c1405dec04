/** What is known of the workspace's server between calls: one small file, written whole. */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import * as z from "zod";
import { readySchema } from "../server/protocol.ts";

const stateSchema = z.object({
  server: readySchema,
  /** As `startTimeOf` gives it. */
  startTime: z.string().min(1),
  /** Identifies the code that the server runs. */
  build: z.string(),
  managed: z.enum(["autospawn", "cli"]),
});
export type RecordedServer = z.output<typeof stateSchema>;

/** `undefined` when there is none that can be read: a broken file is as good as none. */
export async function readState(path: string): Promise<RecordedServer | undefined> {
  try {
    return stateSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}

export async function writeState(path: string, state: RecordedServer): Promise<void> {
  const partial = `${path}.${randomUUID()}`;
  try {
    await writeFile(partial, JSON.stringify(state), { mode: 0o600, flag: "wx" });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
