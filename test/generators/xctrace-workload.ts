/** A made-up machine at work: processes, their threads, binaries, functions and call trees. */
import type { Random } from "./xctrace-random.ts";

export interface Process {
  readonly pid: number;
  readonly name: string;
}

export interface Thread {
  readonly tid: number;
  readonly name: string;
  readonly process: Process;
}

export interface Binary {
  readonly name: string;
  readonly path: string;
  readonly uuid: string;
  readonly load: number;
  readonly isOurs: boolean;
}

export interface Func {
  readonly name: string;
  readonly binary: Binary;
  /** `""` for code without debug information. */
  readonly source: string;
  readonly address: number;
}

/** One place in a function: what a frame of the document is. */
export interface Address {
  readonly func: Func;
  readonly value: number;
  readonly line: number;
}

/** Innermost first. Taken again, it is the same object. */
export interface Stack {
  readonly addresses: readonly Address[];
}

interface Call {
  readonly address: Address;
  readonly depth: number;
  readonly callees: Call[];
}

interface Worker {
  readonly thread: Thread;
  readonly root: Call;
  readonly recent: Stack[];
  /** Outermost first. */
  last: Call[];
}

const frameworks = 60;
const functionsEach = 250;
const deepest = 44;

const words =
  "view layout cell image cache load decode commit render transaction update notify queue drain lock store fetch parse value index update session node sync visit apply resolve display frame buffer surface run loop source timer observer block invoke release retain dealloc init copy hash lookup insert remove".split(
    " ",
  );

export class Workload {
  readonly #random: Random;
  readonly #functions: Func[] = [];
  readonly #workers: Worker[] = [];
  readonly #addresses = new Map<number, Address>();

  constructor(random: Random) {
    this.#random = random;
    this.#makeBinaries();
    for (let i = 0; i < 14; i++) this.#makeProcess(i);
  }

  sample(): { thread: Thread; core: number; stack: Stack } {
    const worker = this.#workers[this.#random.rather(this.#workers.length)]!;
    return { thread: worker.thread, core: this.#random.below(8), stack: this.#stackOf(worker) };
  }

  #stackOf(worker: Worker): Stack {
    const { recent } = worker;
    if (recent.length > 0 && this.#random.next() < 0.15) return this.#random.pick(recent);
    const calls = this.#stillRunning(worker);
    const depth = Math.max(calls.length, 8 + this.#random.below(deepest - 8));
    while (calls.length < depth) calls.push(this.#calleeOf(calls.at(-1)!, depth));
    worker.last = calls;
    const addresses = calls.map(({ address }) => address).reverse();
    // The innermost frame stands where the program counter was, not where a call is.
    if (this.#random.next() < 0.4) addresses[0] = this.#addressIn(addresses[0]!.func, 90);
    const stack = { addresses };
    if (recent.length < 64) recent.push(stack);
    else recent[this.#random.below(64)] = stack;
    return stack;
  }

  /** A millisecond later, a thread is often still in most of the calls that it was in. */
  #stillRunning({ root, last }: Worker): Call[] {
    if (last.length === 0 || this.#random.next() < 0.25) return [root];
    return last.slice(0, last.length - this.#random.rather(last.length));
  }

  /** Call trees grow more and more slowly, and grow at their tips. */
  #calleeOf(call: Call, depth: number): Call {
    const { callees } = call;
    const nearTip = call.depth > depth - 6;
    const isNew =
      callees.length === 0 || this.#random.next() < (nearTip ? 0.2 : 0.004) / callees.length;
    if (!isNew) return callees[this.#random.rather(callees.length)]!;
    const func = this.#functions[this.#random.rather(this.#functions.length)]!;
    const callee = { address: this.#addressIn(func), depth: call.depth + 1, callees: [] };
    callees.push(callee);
    return callee;
  }

  /** One of so many places, those at its start more often. */
  #addressIn(func: Func, places = 14): Address {
    const value = func.address + 4 * this.#random.rather(places);
    const known = this.#addresses.get(value);
    if (known) return known;
    const address = { func, value, line: 10 + value - func.address };
    this.#addresses.set(value, address);
    return address;
  }

  #makeProcess(i: number): void {
    const process = { pid: 300 + i * 37, name: i === 0 ? "Shop" : `${this.#word()}serviced` };
    const threads = i === 0 ? 6 : 1 + this.#random.below(4);
    for (let t = 0; t < threads; t++) {
      const name = t === 0 ? "Main Thread" : `com.example.${this.#word()}`;
      const thread = { tid: 0x640000 + i * 256 + t, name, process };
      const address = this.#addressIn(this.#random.pick(this.#functions));
      this.#workers.push({
        thread,
        root: { address, depth: 0, callees: [] },
        recent: [],
        last: [],
      });
    }
  }

  #makeBinaries(): void {
    for (let i = 0; i < frameworks; i++) {
      const isOurs = i % 12 === 0;
      const name = isOurs ? (i === 0 ? "Shop" : `Shop${this.#word()}`) : `${this.#word()}Kit${i}`;
      const load = 0x180000000 + i * 0x4000000;
      const binary = {
        name,
        path: isOurs
          ? `/private/var/containers/Bundle/Application/8B4C/Shop.app/${name}`
          : `/System/Library/PrivateFrameworks/${name}.framework/Versions/A/${name}`,
        uuid: `${(0x37cebb20 + i).toString(16).toUpperCase()}-0448-392C-9F01-F5BD87EB295E`,
        load,
        isOurs,
      };
      for (let f = 0; f < functionsEach; f++) this.#functions.push(this.#makeFunction(binary, f));
    }
    // Some are called far more often than others, whichever binary they are in.
    for (let i = this.#functions.length - 1; i > 0; i--) {
      const j = this.#random.below(i + 1);
      [this.#functions[i], this.#functions[j]] = [this.#functions[j]!, this.#functions[i]!];
    }
  }

  #makeFunction(binary: Binary, f: number): Func {
    const [a, b, c] = [this.#word(), this.#word(), this.#word()];
    const forms = [
      `_${a}_${b}_${f}`,
      `-[${binary.name}${a} ${b}${f}With:${c}:]`,
      `std::__1::__hash_table<${a}Key, ${b}Store*>::${c}${f}(${a}Key const&, unsigned long)`,
      `closure #${f % 9} in ${binary.name}.${a}(${b}: Swift.Array<${c}>) -> ()`,
      `static ${binary.name}.${a}.${b}${f}("${c}")`,
    ];
    const name = this.#random.pick(forms);
    return {
      name,
      binary,
      source: binary.isOurs ? `/Users/ann/shop/Sources/${binary.name}/${a}${f % 40}.swift` : "",
      address: binary.load + 0x1000 + f * 0x400,
    };
  }

  #word(): string {
    return this.#random.pick(words);
  }
}

export function hexOf(value: number): string {
  return `0x${value.toString(16)}`;
}
