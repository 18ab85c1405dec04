/**
 * What another server does with a device, told by files beside the device's lock: who waits for
 * the lock hears how far it is, and takes its result when it was for the same thing.
 */
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import {
  type PrepareResult,
  type PrepareState,
  prepareResultSchema,
  prepareStateSchema,
} from "./prepare-result.ts";
import { writeWholeFile } from "./whole-file.ts";

const underWaySchema = z.object({
  id: z.string(),
  /** Equal for preparations of the same thing. */
  what: z.string(),
  state: prepareStateSchema.optional(),
  result: prepareResultSchema.optional(),
});
type UnderWay = z.output<typeof underWaySchema>;

const tellMs = 250;

/** Of one device. */
export class Elsewhere {
  readonly #path: string;
  readonly #what: string;
  #seen: string | undefined;

  constructor(locks: string, deviceKey: string, what: string) {
    this.#path = join(locks, `${deviceKey}.under-way.json`);
    this.#what = what;
  }

  /** While another holds the lock: how far it is, if it makes the same thing. */
  async look(): Promise<PrepareState | undefined> {
    const found = await this.#read();
    if (found?.what === this.#what && !found.result) this.#seen = found.id;
    return found?.state;
  }

  /** With the lock in hand: what came of the preparation that was waited for. */
  async result(): Promise<PrepareResult | undefined> {
    const found = await this.#read();
    if (!found || found.id !== this.#seen) return undefined;
    return found.result && { ...found.result, joined: true };
  }

  /** With the lock in hand: says what is done under it. */
  begin(): Telling {
    return new Telling(this.#path, { id: randomUUID(), what: this.#what });
  }

  async #read(): Promise<UnderWay | undefined> {
    try {
      return underWaySchema.parse(JSON.parse(await readFile(this.#path, "utf8")));
    } catch {
      return undefined;
    }
  }
}

/** Best effort: nobody's own work fails because another cannot be told. */
class Telling {
  readonly #path: string;
  readonly #base: Pick<UnderWay, "id" | "what">;
  #writing: Promise<void>;
  #next: PrepareState | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(path: string, base: Pick<UnderWay, "id" | "what">) {
    this.#path = path;
    this.#base = base;
    this.#writing = this.#write({});
  }

  /** The last of many is always told: nothing may come after it for long. */
  state(state: PrepareState): void {
    this.#next = state;
    const dueMs = Math.max(0, this.#toldAt + tellMs - performance.now());
    this.#timer ??= setTimeout(() => this.#tellNext(), dueMs);
  }

  /** Before the lock is given back. Without a result, whoever waits goes on by itself. */
  async end(result?: PrepareResult): Promise<void> {
    clearTimeout(this.#timer);
    await this.#writing;
    if (result) await this.#write({ result });
    else await rm(this.#path, { force: true }).catch(() => {});
  }

  #tellNext(): void {
    this.#timer = undefined;
    this.#toldAt = performance.now();
    const state = this.#next;
    this.#writing = this.#writing.then(() => this.#write(state ? { state } : {}));
  }

  async #write(more: Partial<UnderWay>): Promise<void> {
    await writeWholeFile(this.#path, JSON.stringify({ ...this.#base, ...more })).catch(() => {});
  }
}
