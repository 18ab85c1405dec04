/** Which runner runs on which device, and how to call it: a small private file for each. */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ensurePrivateFolder } from "../toolchain/private-file.ts";
import { statePlaces } from "./places.ts";
import { prepareInputSchema } from "./prepare-result.ts";
import { writeBelow } from "./runner-error.ts";
import { writeWholeFile } from "./whole-file.ts";

const recordSchema = z.object({
  device: z.object({
    /** See `deviceKey`. */
    key: z.string(),
    platform: z.string(),
    kind: z.enum(["simulator", "device", "host"]),
    udid: z.string(),
    name: z.string(),
  }),
  /** Of the cache entry that it runs from. */
  key: z.string(),
  cacheFolder: z.string(),
  port: z.number().int().min(1).max(65_535),
  token: z.string().min(16),
  instance: z.string().min(1),
  /** Absolute path of the `.xctestrun` that it was started with. */
  testRun: z.string(),
  /** See `ProcessRecords`. */
  processRecord: z.string(),
  pid: z.number().int().positive(),
  /** Of what was uninstalled before another is installed. */
  bundleIds: z.array(z.string()),
  /** What was asked for, to ask for it again. */
  input: prepareInputSchema,
  /** ISO 8601; for people only. */
  startedAt: z.string(),
});
export type RunnerRecord = z.output<typeof recordSchema>;

export class RunnerRecords {
  readonly #state: string;
  readonly #folder: string;

  constructor(state: string) {
    this.#state = state;
    this.#folder = statePlaces(state).devices;
  }

  async get(deviceKey: string): Promise<RunnerRecord | undefined> {
    try {
      return recordSchema.parse(JSON.parse(await readFile(this.#path(deviceKey), "utf8")));
    } catch {
      return undefined;
    }
  }

  async list(): Promise<RunnerRecord[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) =>
      name.endsWith(".json"),
    );
    const found = await Promise.all(names.map((name) => this.get(name.replace(/\.json$/, ""))));
    return found.filter((record) => record !== undefined);
  }

  async set(record: RunnerRecord): Promise<void> {
    await writeBelow(this.#state, async () => {
      await ensurePrivateFolder(this.#folder);
      await writeWholeFile(this.#path(record.device.key), JSON.stringify(record));
    });
  }

  async remove(deviceKey: string): Promise<void> {
    await rm(this.#path(deviceKey), { force: true }).catch(() => {});
  }

  #path(deviceKey: string): string {
    return join(this.#folder, `${deviceKey}.json`);
  }
}
