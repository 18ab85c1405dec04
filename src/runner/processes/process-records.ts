/**
 * Which programs were started, a small file each, written before they start: whoever comes after
 * a process of ours that was killed ends what it left, and removes its temporary files.
 *
 * A program is known by a path on its command line that no other program has. With its start time
 * that makes sure that no stranger is ever signalled.
 */
import { randomUUID } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { ensurePrivateFolder } from "../../toolchain/private-file.ts";
import {
  identify,
  isSame,
  processIdentitySchema,
} from "../../toolchain/process-identity/identity.ts";
import { writeBelow } from "../runner-error.ts";
import { removeHalves, writeWholeFile } from "../whole-file.ts";
import { endGroup, findByMarker } from "./process-table.ts";

const startedSchema = z.object({ pid: z.number().int().positive(), startTime: z.string() });
export type Started = z.output<typeof startedSchema>;

const recordSchema = z.object({
  id: z.string().regex(/^[\w-]+$/),
  /** A path of its own on the program's command line. */
  marker: z.string().min(1),
  owner: processIdentitySchema,
  /** Leads a process group. Absent until it has started. */
  program: startedSchema.optional(),
  /** Absolute path of a folder that is removed with it. */
  temporary: z.string().optional(),
});
export type ProcessRecord = z.output<typeof recordSchema>;

export class ProcessRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Before the program starts. */
  async begin(marker: string, temporary?: string): Promise<ProcessRecord> {
    const owner = await identify(process.pid);
    if (!owner) throw new Error("The system does not list this process.");
    const record = {
      id: randomUUID(),
      marker,
      owner,
      ...(temporary !== undefined && { temporary }),
    };
    await this.#write(record);
    return record;
  }

  /** Once it has a pid. */
  async started(record: ProcessRecord, program: Started): Promise<ProcessRecord> {
    const next = { ...record, program };
    await this.#write(next);
    return next;
  }

  /** This process looks after it from now on. */
  async adopt(record: ProcessRecord): Promise<ProcessRecord> {
    const owner = await identify(process.pid);
    const next = owner ? { ...record, owner } : record;
    await this.#write(next);
    return next;
  }

  /** When it has ended. */
  async end({ id }: ProcessRecord): Promise<void> {
    await rm(this.#path(id), { force: true }).catch(() => {});
  }

  /** Ends a program by its record, whoever has started it, and removes what was its own. */
  async kill(record: ProcessRecord): Promise<void> {
    const { program, marker, temporary } = record;
    for (const found of program ? [program] : await findByMarker(marker)) {
      await endGroup(found, marker);
    }
    if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
    await this.end(record);
  }

  /**
   * Ends what was left by processes that are gone.
   * @param keeps says of which not: a runner that still serves
   */
  async reap(keeps: (record: ProcessRecord) => Promise<boolean> | boolean): Promise<void> {
    await removeHalves(this.#folder);
    for (const record of await this.list()) {
      if ((await isSame(record.owner)) !== "gone" || (await keeps(record))) continue;
      await this.kill(record);
    }
  }

  async get(id: string): Promise<ProcessRecord | undefined> {
    try {
      return recordSchema.parse(JSON.parse(await readFile(this.#path(id), "utf8")));
    } catch {
      return undefined;
    }
  }

  /** Files that are no records are deleted. */
  async list(): Promise<ProcessRecord[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const found: ProcessRecord[] = [];
    for (const name of names) {
      if (!name.endsWith(".json")) continue;
      const record = await this.get(name.slice(0, -".json".length));
      if (record) found.push(record);
      else await rm(join(this.#folder, name), { force: true });
    }
    return found;
  }

  async #write(record: ProcessRecord): Promise<void> {
    await writeBelow(this.#folder, async () => {
      await ensurePrivateFolder(this.#folder);
      await writeWholeFile(this.#path(record.id), JSON.stringify(record));
    });
  }

  #path(id: string): string {
    return join(this.#folder, `${id}.json`);
  }
}
