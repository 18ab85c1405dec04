/** A profile from what a `ReferenceDocument` tells, for comparisons of time and memory. */
import { ProfileBuilder } from "../../src/profile/builder.ts";
import type { Profile } from "../../src/profile/profile.ts";
import { framesOf, ReferenceDocument, type ReferenceElement } from "./xctrace-reference.ts";

export class ReferenceProfile {
  readonly #builder = new ProfileBuilder();
  readonly #nodes = new Map<ReferenceElement, number>();
  readonly #threads = new Map<string, number>();
  readonly document = new ReferenceDocument(({ time, weight, tid, pid, stack }) => {
    const thread = this.#threadOf(tid ?? 0, pid ?? 0);
    const node = stack ? this.#nodeOf(stack) : -1;
    if (node >= 0) this.#builder.sample(node, (time ?? 0) / 1000, (weight ?? 0) / 1000, thread);
  });

  finish(): Profile {
    return this.#builder.finish({ format: "reference", title: "reference" });
  }

  #nodeOf(stack: ReferenceElement): number {
    let node = this.#nodes.get(stack);
    if (node !== undefined) return node;
    node = -1;
    for (const { name, module, path, line, inlined } of framesOf(stack).reverse()) {
      const func = this.#builder.func({ name, url: path, module, category: "native" });
      node = this.#builder.node(node, this.#builder.frame(func, { line, inlined }));
    }
    this.#nodes.set(stack, node);
    return node;
  }

  #threadOf(id: number, pid: number): number {
    const key = `${pid} ${id}`;
    let thread = this.#threads.get(key);
    if (thread === undefined) {
      thread = this.#builder.thread({ id, name: "", pid });
      this.#threads.set(key, thread);
    }
    return thread;
  }
}
