/**
 * Stacks as they are read, innermost frame first, to nodes of the profile. Samples of one thread
 * share most of their callers: what a stack has in common with the last one of its thread, at the
 * bottom, is taken over.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { noParent } from "../../profile/profile.ts";

/** Threads whose last stacks are kept; others take their places. A power of two. */
export const lastStackPlaces = 64;

/** A thread's last stack, bottom first: each frame, and the node with it on top. */
class LastStack {
  frames = new Int32Array(64);
  nodes = new Int32Array(64);
  length = 0;
}

export class Stacks {
  readonly #builder: ProfileBuilder;
  /** The stack that is being read, innermost first. */
  #frames = new Int32Array(512);
  #length = 0;
  readonly #last = Array.from({ length: lastStackPlaces }, () => new LastStack());
  #place = 0;

  constructor(builder: ProfileBuilder) {
    this.#builder = builder;
  }

  get length(): number {
    return this.#length;
  }

  /** The innermost frame. */
  get first(): number {
    return this.#frames[0]!;
  }

  /** Whose stack comes next, as far as that is known. Only how fast it goes depends on it. */
  expect(thread: number): void {
    this.#place = thread & (lastStackPlaces - 1);
  }

  clear(): void {
    this.#length = 0;
  }

  push(frame: number): void {
    if (this.#length === this.#frames.length) this.#frames = doubled(this.#frames);
    this.#frames[this.#length++] = frame;
  }

  /** The frames of a node, which come next. */
  pushAll(node: number): void {
    for (let at = node; at !== noParent; at = this.#builder.parentOf(at)) {
      this.push(this.#builder.frameOf(at));
    }
  }

  /**
   * The node of the frames from `first` on: the whole stack, or without its innermost ones.
   * `noParent` for no frames.
   */
  node(first = 0): number {
    const last = this.#last[this.#place]!;
    const length = this.#length - first;
    while (length > last.frames.length) {
      last.frames = doubled(last.frames);
      last.nodes = doubled(last.nodes);
    }
    const { frames: lastFrames, nodes: lastNodes } = last;
    const frames = this.#frames;
    const top = this.#length - 1;
    const comparable = Math.min(length, last.length);
    let depth = 0;
    while (depth < comparable && frames[top - depth] === lastFrames[depth]) depth++;
    let node = depth > 0 ? lastNodes[depth - 1]! : noParent;
    for (; depth < length; depth++) {
      const frame = frames[top - depth]!;
      node = this.#builder.node(node, frame);
      lastFrames[depth] = frame;
      lastNodes[depth] = node;
    }
    last.length = length;
    return node;
  }
}

export function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(array.length * 2);
  twice.set(array);
  return twice;
}
