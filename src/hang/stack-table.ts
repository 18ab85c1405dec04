/** The frames of all stacks that were seen, each once. */
import type { HangFrame, HangStack } from "../formats/hang-capture/hang-file.ts";

export class StackTable {
  readonly #ids = new Map<string, number>();
  readonly frames: HangFrame[] = [];
  readonly stacks: HangStack[] = [];

  /** @param frames innermost first */
  add(time: number, frames: readonly HangFrame[], samples = 1): void {
    this.stacks.push({ time, samples, frames: frames.map((frame) => this.#id(frame)) });
  }

  #id(frame: HangFrame): number {
    const key = JSON.stringify(Object.values(frame));
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.frames.push(frame) - 1;
    this.#ids.set(key, id);
    return id;
  }
}
