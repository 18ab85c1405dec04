/**
 * Ticks: the hot path. Neighbouring ticks share most of their stack, and a stack's callers stand
 * at the line's end: what two lines have in common there is taken over without being parsed.
 *
 * `tick,pc,µs,isExternal,tosOrExternal,vmState[,overflow][,frame…]`, innermost frame first.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { grown } from "../../profile/growable.ts";
import type { Category } from "../../profile/profile.ts";
import { comma, fieldEnd, hexDigit, parseDecimal, parseWord } from "./bytes.ts";
import { type FrameTexts, frameTextBytes, unknownText } from "./frame-texts.ts";

/** What V8 was doing, where that says more than the address: by `vmState`. */
const stateFrames: readonly (readonly [name: string, category: Category] | undefined)[] = [
  undefined,
  ["(garbage collector)", "gc"],
  ["(parser)", "compiler"],
  ["(bytecode compiler)", "compiler"],
  ["(compiler)", "compiler"],
  undefined,
  undefined,
  // Blocked, not idle: a thread that waits here hangs.
  ["(atomics wait)", "system"],
  ["(idle)", "idle"],
  ["(logging)", "program"],
];

/** Finds what stands at addresses; chains are those of `CodeFrames`. */
export interface AddressResolver {
  /** Changes whenever an address may resolve to something else than before. */
  readonly changes: number;
  /** Return addresses that are known by how they are written. */
  readonly texts: FrameTexts;
  /** False when `addresses[index]`, a return address, may resolve to something else than before. */
  isCurrent(addresses: Float64Array, index: number): boolean;
  /** The chain of `addresses[index]`, a return address; or -1. */
  caller(addresses: Float64Array, index: number): number;
  /** The chain of `addresses[index]`, an instruction pointer; or -1. */
  leaf(addresses: Float64Array, index: number): number;
  /** Whether a JavaScript function's code stands there. */
  isJsCode(address: number): boolean;
  /** Whether a chain is made of JavaScript or WebAssembly frames. */
  isJs(chain: number): boolean;
  /** The stack `parent` with the chain on top. */
  push(chain: number, parent: number): number;
}

const plus = 43;
const minus = 45;
const zero = 48;
const letterX = 120;
/** Greater than every distance from a line's end: such a frame means nothing by itself. */
const neverShared = 0x7fffffff;
/** Of a frame whose number was read: its chain is not known yet. */
const unresolved = -2;

export interface Tick {
  node: number;
  time: number;
  overflow: boolean;
}

export class Stacks {
  readonly #builder: ProfileBuilder;
  readonly #resolver: AddressResolver;
  readonly #stateFrames: readonly number[];
  readonly #unaccounted: number;
  readonly #tick: Tick = { node: -1, time: 0, overflow: false };

  /** The last tick's line, in the buffer that it was read into. */
  #lastBytes: Uint8Array | undefined;
  #lastView: DataView = new DataView(new ArrayBuffer(0));
  #lastStart = 0;
  #lastEnd = 0;
  #lastChanges = 0;
  /** By depth, bottom of the stack first: address, node, and its distance from the line's end. */
  #addresses = new Float64Array(512);
  #nodes = new Int32Array(512);
  #distances = new Int32Array(512);
  #depth = 0;
  /** The frames of the current line that are its own, innermost first. */
  #ownAddresses = new Float64Array(512);
  #ownDistances = new Int32Array(512);
  #ownChains = new Int32Array(512);
  /** What runs, and the top of the machine's stack. */
  readonly #leafAddresses = new Float64Array(2);

  constructor(builder: ProfileBuilder, resolver: AddressResolver) {
    this.#builder = builder;
    this.#resolver = resolver;
    const frame = (name: string, category: Category) =>
      builder.frame(builder.func({ name, category }));
    this.#stateFrames = stateFrames.map((state) => (state ? frame(...state) : -1));
    this.#unaccounted = frame("(unaccounted)", "unaccounted");
  }

  /** To be called before the buffer that the last line stands in is filled again. */
  forgetBuffer(): void {
    this.#lastBytes = undefined;
  }

  /** The same object each time; undefined when the line is not a tick after all. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): Readonly<Tick> | undefined {
    const pcEnd = fieldEnd(bytes, start + 5, end);
    const timeEnd = fieldEnd(bytes, pcEnd + 1, end);
    const externalEnd = fieldEnd(bytes, timeEnd + 1, end);
    const topEnd = fieldEnd(bytes, externalEnd + 1, end);
    const stateEnd = fieldEnd(bytes, topEnd + 1, end);
    const pc = parseWord(bytes, start + 5, pcEnd);
    const time = parseDecimal(bytes, pcEnd + 1, timeEnd);
    const top = parseWord(bytes, externalEnd + 1, topEnd);
    const state = parseDecimal(bytes, topEnd + 1, stateEnd);
    if (Number.isNaN(pc + time + top + state)) return undefined;
    const isExternal = bytes[timeEnd + 1] === 49 && externalEnd === timeEnd + 2;

    let framesStart = stateEnd;
    // The word `overflow` stands between the state and the frames.
    const overflow = bytes[framesStart + 1] === 111 && framesStart < end;
    if (overflow) framesStart = fieldEnd(bytes, framesStart + 1, end);

    this.#leafAddresses[0] = isExternal ? top : pc;
    this.#leafAddresses[1] = top;
    if (!this.#readFrames(bytes, view, framesStart, end)) return undefined;
    let node = this.#depth > 0 ? this.#nodes[this.#depth - 1]! : -1;
    if (!isExternal && top !== 0 && this.#resolver.isJsCode(top)) {
      node = this.#resolver.push(this.#resolver.caller(this.#leafAddresses, 1), node);
    }
    this.#tick.node = this.#leaf(node, state);
    this.#tick.time = time;
    this.#tick.overflow = overflow;
    return this.#tick;
  }

  #leaf(node: number, state: number): number {
    const chain = this.#resolver.leaf(this.#leafAddresses, 0);
    const stateFrame = this.#stateFrames[state] ?? -1;
    if (chain >= 0 && (stateFrame < 0 || this.#resolver.isJs(chain))) {
      node = this.#resolver.push(chain, node);
    }
    if (stateFrame >= 0) return this.#builder.node(node, stateFrame);
    return chain < 0 || node < 0 ? this.#builder.node(node, this.#unaccounted) : node;
  }

  #readFrames(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const resolver = this.#resolver;
    if (this.#lastChanges !== resolver.changes) this.#depth = this.#currentDepth();
    this.#lastChanges = resolver.changes;
    const shared = this.#lastBytes ? this.#sharedDepth(bytes, view, start, end) : 0;
    const stop = shared > 0 ? end - this.#distances[shared - 1]! : end;
    const own = this.#parseFrames(bytes, view, start, stop, end);
    if (own < 0) {
      this.#lastBytes = undefined;
      return false;
    }

    let depth = shared;
    let node = shared > 0 ? this.#nodes[shared - 1]! : -1;
    if (shared + own > this.#nodes.length) this.#growStack(shared + own);
    for (let i = own - 1; i >= 0; i--) {
      const known = this.#ownChains[i]!;
      const chain = known === unresolved ? resolver.caller(this.#ownAddresses, i) : known;
      if (chain >= 0) node = resolver.push(chain, node);
      this.#addresses[depth] = this.#ownAddresses[i]!;
      this.#nodes[depth] = node;
      this.#distances[depth++] = this.#ownDistances[i]!;
    }
    this.#depth = depth;
    this.#lastBytes = bytes;
    this.#lastView = view;
    this.#lastStart = start;
    this.#lastEnd = end;
    return true;
  }

  /**
   * Parses `[start, stop)` into `#own…`; -1 when something there is not an address. Numbers go
   * straight into the array: one that a function returns costs an allocation.
   */
  #parseFrames(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    stop: number,
    end: number,
  ): number {
    const { texts } = this.#resolver;
    let own = 0;
    for (let at = start; at < stop; ) {
      if (own === this.#ownAddresses.length) this.#growOwn();
      const slot = stop - at < frameTextBytes ? unknownText : texts.find(view, at);
      if (slot !== unknownText) {
        this.#ownAddresses[own] = texts.addressAt(slot);
        this.#ownChains[own] = texts.chainAt(slot);
        this.#ownDistances[own++] = end - at;
        at += frameTextBytes;
        continue;
      }
      const sign = bytes[at + 1];
      const isRelative = sign === plus || sign === minus;
      let first = isRelative ? at + 2 : at + 1;
      if (bytes[first] === zero && bytes[first + 1] === letterX) first += 2;
      let next = first;
      let high = 0;
      let low = 0;
      while (next < stop) {
        const digit = hexDigit[bytes[next]!]!;
        if (digit > 15) break;
        high = (high << 4) | (low >>> 20);
        low = ((low << 4) & 0xffffff) | digit;
        next++;
      }
      const digits = next - first;
      if (digits < 1 || digits > 16 || (next < stop && bytes[next] !== comma)) return -1;
      const isSmall = digits <= 12;
      this.#ownAddresses[own] = isSmall ? high * 0x1000000 + low : parseWord(bytes, first, next);
      if (isRelative) this.#addPrevious(own, sign);
      this.#ownChains[own] = unresolved;
      this.#ownDistances[own++] = isRelative ? neverShared : end - at;
      at = next;
    }
    return own;
  }

  /** Frames after `+` and `-` count from the frame before, the first from what runs. */
  #addPrevious(index: number, sign: number): void {
    const previous = index > 0 ? this.#ownAddresses[index - 1]! : this.#leafAddresses[0]!;
    const distance = this.#ownAddresses[index]!;
    this.#ownAddresses[index] = sign === minus ? previous - distance : previous + distance;
  }

  /** How many frames at the bottom of the last tick mean what they meant then. */
  #currentDepth(): number {
    let depth = 0;
    while (depth < this.#depth && this.#resolver.isCurrent(this.#addresses, depth)) depth++;
    return depth;
  }

  /** How many frames at the bottom are, byte for byte, those of the last tick. */
  #sharedDepth(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const last = this.#lastBytes!;
    const lastView = this.#lastView;
    const delta = this.#lastEnd - end;
    const limit = Math.max(start, this.#lastStart - delta);
    let at = end;
    // What eight bytes are as a number has no meaning; digits and commas never make a NaN or a zero.
    while (
      at - 8 >= limit &&
      view.getFloat64(at - 8, true) === lastView.getFloat64(at - 8 + delta, true)
    )
      at -= 8;
    while (at > limit && bytes[at - 1] === last[at - 1 + delta]) at--;
    const common = end - at;
    let depth = this.#depth;
    while (depth > 0 && this.#distances[depth - 1]! > common) depth--;
    return depth;
  }

  #growStack(needed: number): void {
    const addresses = new Float64Array(needed * 2);
    const nodes = new Int32Array(needed * 2);
    const distances = new Int32Array(needed * 2);
    addresses.set(this.#addresses);
    nodes.set(this.#nodes);
    distances.set(this.#distances);
    this.#addresses = addresses;
    this.#nodes = nodes;
    this.#distances = distances;
  }

  #growOwn(): void {
    this.#ownAddresses = grown(Float64Array, this.#ownAddresses);
    this.#ownDistances = grown(Int32Array, this.#ownDistances);
    this.#ownChains = grown(Int32Array, this.#ownChains);
  }
}
