/**
 * Folded stacks, as flame-graph scripts read them: `bottom;…;top value`, a line for each distinct
 * stack that has self time. A semicolon or line break inside a name becomes a space.
 *
 * The value is microseconds; for Apple's exports it is samples, as it is for other tools that fold
 * them.
 */
import type { Writable } from "node:stream";
import { growI32 } from "../../profile/growable.ts";
import { PairIndex } from "../../profile/pair-index.ts";
import { noParent, type Profile, type Thread } from "../../profile/profile.ts";
import { functionName } from "../../profile/views/function-info.ts";
import { writeText } from "../text-output.ts";
import type { FoldedPrefix, WriteOptions } from "../writer-formats.ts";

export function writeFolded(
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
  { prefix = [] }: WriteOptions = {},
): Promise<void> {
  const { samples, threads } = profile;
  const countsSamples = profile.meta.format === "xctrace";
  const stacks = new NamedStacks(profile);
  const prefixOfThread = threads.map((thread) => prefixOf(thread, prefix));
  const prefixes = [...new Set(prefixOfThread)];
  const indexes = new Map(prefixes.map((text, index) => [text, index]));
  const prefixIndex = prefixOfThread.map((text) => indexes.get(text)!);
  /** By stack times the number of prefixes, plus the prefix. */
  const values = new Map<number, number>();
  for (let i = 0; i < samples.length; i++) {
    const key = stacks.of(samples.node[i]!) * prefixes.length + prefixIndex[samples.thread[i]!]!;
    values.set(key, (values.get(key) ?? 0) + (countsSamples ? 1 : samples.weight[i]!));
  }
  return writeText(stream, signal, async (output) => {
    for (const [key, value] of values) {
      const rounded = Math.round(value);
      if (rounded === 0) continue;
      const stack = stacks.text(Math.floor(key / prefixes.length));
      await output.write(`${prefixes[key % prefixes.length]}${stack} ${rounded}\n`);
    }
  });
}

function prefixOf(thread: Thread, parts: readonly FoldedPrefix[]): string {
  return parts.map((part) => `${inOneField(labelOf(thread, part))};`).join("");
}

function labelOf({ name, pid, process }: Thread, part: FoldedPrefix): string {
  if (part === "thread") return name || "(unknown thread)";
  return process || (pid === undefined ? "(unknown process)" : `Process ${pid}`);
}

function inOneField(text: string): string {
  return text.replace(/[;\r\n]+/g, " ");
}

/** Stacks by the names in them: functions that share a name share their stacks. */
class NamedStacks {
  readonly #profile: Profile;
  readonly #names: string[] = [];
  readonly #nameIds = new Map<string, number>();
  /** By function, -1 where nobody asked yet. */
  readonly #nameOf: Int32Array;
  // A prefix tree.
  readonly #parent = growI32();
  readonly #name = growI32();
  readonly #index = new PairIndex();
  /** By the profile's nodes, -1 where nobody asked yet. */
  readonly #known: Int32Array;

  constructor(profile: Profile) {
    this.#profile = profile;
    this.#nameOf = new Int32Array(profile.functions.length).fill(-1);
    this.#known = new Int32Array(profile.nodes.length).fill(-1);
  }

  /** The stack of a node of the profile. */
  of(node: number): number {
    const { nodes, frames } = this.#profile;
    const known = this.#known;
    const missing: number[] = [];
    let at = node;
    for (; at !== noParent && known[at]! < 0; at = nodes.parent[at]!) missing.push(at);
    let stack = at === noParent ? noParent : known[at]!;
    for (const each of missing.reverse()) {
      stack = this.#push(stack, this.#functionName(frames.func[nodes.frame[each]!]!));
      known[each] = stack;
    }
    return stack;
  }

  text(stack: number): string {
    const names: string[] = [];
    for (let at = stack; at !== noParent; at = this.#parent.array[at]!) {
      names.push(this.#names[this.#name.array[at]!]!);
    }
    return names.reverse().join(";");
  }

  #functionName(func: number): number {
    const known = this.#nameOf[func]!;
    if (known >= 0) return known;
    const name = this.#intern(functionName(this.#profile, func));
    this.#nameOf[func] = name;
    return name;
  }

  #intern(text: string): number {
    const name = inOneField(text);
    let id = this.#nameIds.get(name);
    if (id === undefined) {
      id = this.#names.push(name) - 1;
      this.#nameIds.set(name, id);
    }
    return id;
  }

  #push(parent: number, name: number): number {
    const known = this.#index.find(parent, name, this.#parent.array, this.#name.array);
    if (known >= 0) return known;
    const row = this.#parent.push(parent);
    this.#name.push(name);
    this.#index.add(row, this.#parent.array, this.#name.array);
    return row;
  }
}
