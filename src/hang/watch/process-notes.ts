/** What the next server has to know of a watched process, should this one die. */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { writePrivateFile } from "../../toolchain/private-file.ts";

const noteSchema = z.object({
  /** Of the process, as `ProcessIdentity` has it. */
  startTime: z.string(),
  /** The last beat before the hang that was captured. */
  handledBeat: z.number().optional(),
});
export type ProcessNote = z.output<typeof noteSchema>;

export class ProcessNotes {
  readonly #folder: string;

  /** @param directory of the session */
  constructor(directory: string) {
    this.#folder = join(directory, "watched");
  }

  async read(pid: number): Promise<ProcessNote | undefined> {
    try {
      return noteSchema.parse(JSON.parse(await readFile(this.#path(pid), "utf8")));
    } catch {
      return undefined;
    }
  }

  /** Without it the next server waits for a beat; that is no reason to fail. */
  async write(pid: number, note: ProcessNote): Promise<void> {
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writePrivateFile(this.#path(pid), JSON.stringify(note));
    } catch {}
  }

  async remove(pid: number): Promise<void> {
    await rm(this.#path(pid), { force: true });
  }

  #path(pid: number): string {
    return join(this.#folder, `${pid}.json`);
  }
}
