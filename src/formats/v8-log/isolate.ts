/**
 * The code of one isolate as the log builds it up: what stands at which address, which function
 * it belongs to, and which script that is from.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { AddressCache, unknown } from "./address-cache.ts";
import {
  type Code,
  isFunctionType,
  isWasmName,
  kindOf,
  type LoggedFunction,
  tierOf,
} from "./code.ts";
import type { CodeFrames } from "./code-frames.ts";
import type { CodeRecord } from "./code-record.ts";
import { EmbeddedBuiltins } from "./embedded-builtins.ts";
import { FrameTexts } from "./frame-texts.ts";
import { fileAddress, Libraries, type Library, libraryLabel } from "./libraries.ts";
import { MissingAddresses } from "./missing-addresses.ts";
import { RangeMap } from "./range-map.ts";
import type { SourceRecord } from "./records.ts";
import { Script } from "./script.ts";
import type { AddressResolver } from "./stacks.ts";

export class Isolate implements AddressResolver {
  readonly builtins: EmbeddedBuiltins;
  readonly texts = new FrameTexts();
  platform = "";
  changes = 0;

  readonly #builder: ProfileBuilder;
  readonly #frames: CodeFrames;
  readonly #libraries = new Libraries();
  readonly #code = new RangeMap<Code>();
  readonly #scripts = new Map<number, Script>();
  readonly #functions = new Map<number, LoggedFunction>();
  readonly #callers = new AddressCache();
  readonly #leaves = new AddressCache();
  readonly #missing = new MissingAddresses();
  #lastAdded: Code | undefined;

  constructor(builder: ProfileBuilder, frames: CodeFrames, builtinBase?: number) {
    this.#builder = builder;
    this.#frames = frames;
    this.builtins = new EmbeddedBuiltins(builtinBase);
  }

  addCode(record: CodeRecord): void {
    const { address: start, size, type, mark } = record;
    const isWasm = isFunctionType(type) && isWasmName(record.name);
    const func = isFunctionType(type) && !isWasm ? this.#functionOf(record) : undefined;
    const kind = isWasm ? "wasm" : func ? "js" : kindOf(type);
    if (kind === "builtin" || kind === "handler") {
      this.builtins.builtin(start, size);
      this.#found(0, Number.POSITIVE_INFINITY);
    }
    const name = func ? "" : record.name;
    const tier = isWasm && mark === "" ? "baseline" : tierOf(mark);
    const code: Code = {
      start,
      size: Math.max(size, 1),
      kind,
      tier,
      name,
      func,
      table: undefined,
      callees: [],
      metAt: undefined,
      plainChain: -1,
    };
    this.#insert(code);
    this.#lastAdded = code;
  }

  addLibrary(library: Library): void {
    this.#libraries.add(library);
    this.#found(library.start, library.end);
  }

  codeRange(start: number): void {
    this.builtins.codeRange(start);
    this.#found(0, Number.POSITIVE_INFINITY);
  }

  /** False when nothing stands at `from`. */
  moveCode(from: number, to: number): boolean {
    const code = this.#code.remove(from);
    if (!code) return false;
    this.#forget(code);
    code.start = to;
    this.#insert(code);
    return true;
  }

  deleteCode(address: number): boolean {
    const code = this.#code.remove(address);
    if (code) this.#forget(code);
    return code !== undefined;
  }

  moveFunction(from: number, to: number): void {
    const func = this.#functions.get(from);
    if (!func) return;
    this.#functions.delete(from);
    this.#functions.set(to, func);
  }

  /** Names a script. It may have been referred to before; a name that is taken starts anew. */
  addScript(id: number, loggedUrl: string): Script {
    let script = this.#script(id);
    if (script.loggedName !== undefined) {
      script = new Script();
      this.#scripts.set(id, script);
    }
    script.setName(loggedUrl);
    return script;
  }

  /** False when no code stands at its address. */
  addSource({ address, script: scriptId, start, table, sfis }: SourceRecord): boolean {
    const code = this.#lastAdded?.start === address ? this.#lastAdded : this.#code.at(address);
    if (!code?.func) return code !== undefined;
    const script = this.#script(scriptId);
    // A function is compiled many times; what it is does not change.
    if (code.func.script !== script && code.func.id < 0) {
      code.func.script = script;
      code.func.start = start;
    }
    this.#forget(code);
    code.plainChain = -1;
    code.table = table;
    code.callees = sfis.map((sfi) => this.#functions.get(sfi));
    return true;
  }

  /** Whether this is Node's isolate of a worker thread. */
  get isWorker(): boolean {
    for (const script of this.#scripts.values()) {
      if (script.loggedName === "node:internal/main/worker_thread") return true;
    }
    return false;
  }

  caller(addresses: Float64Array, index: number): number {
    const cached = this.#callers.get(addresses, index);
    return cached !== unknown ? cached : this.#resolve(addresses[index]!, true, this.#callers);
  }

  isCurrent(addresses: Float64Array, index: number): boolean {
    return this.#callers.get(addresses, index) !== unknown;
  }

  leaf(addresses: Float64Array, index: number): number {
    const cached = this.#leaves.get(addresses, index);
    return cached !== unknown ? cached : this.#resolve(addresses[index]!, false, this.#leaves);
  }

  isJs(chain: number): boolean {
    return this.#frames.isJs(chain);
  }

  isJsCode(address: number): boolean {
    return this.#code.find(address)?.kind === "js";
  }

  isBuiltin(address: number): boolean {
    const kind = this.#code.find(address)?.kind;
    return kind === "builtin" || kind === "handler";
  }

  push(chain: number, parent: number): number {
    return this.#frames.push(chain, parent);
  }

  #resolve(address: number, isCaller: boolean, cache: AddressCache): number {
    const chain = this.#find(address, isCaller);
    if (chain >= 0 || this.#missing.add(address)) {
      cache.set(address, chain);
      if (isCaller) this.texts.set(address, chain);
    }
    return chain;
  }

  #find(address: number, isCaller: boolean): number {
    if (address === 0) return -1;
    const code = this.#code.find(address);
    if (code) return this.#frames.at(code, address, isCaller);
    const library = this.#libraries.find(address);
    if (library) {
      const func = this.#builder.func({
        name: libraryLabel(library.path),
        category: "native",
        module: library.path,
      });
      const fileRelative = fileAddress(library, address, this.platform);
      return this.#frames.single(
        this.#builder.frame(func, { tier: "native", address: fileRelative }),
      );
    }
    const original = this.builtins.original(address);
    const builtin = Number.isNaN(original) ? undefined : this.#code.find(original);
    return builtin ? this.#frames.at(builtin, original, isCaller) : -1;
  }

  #insert(code: Code): void {
    this.#found(code.start, code.start + code.size);
    this.#code.add(code, (removed) => this.#forget(removed));
  }

  /** Code that ticks were in has gone from its addresses. */
  #forget(code: Code): void {
    if (!code.metAt) return;
    this.changes++;
    for (const offset of code.metAt) this.#forgetAddress(code.start + offset);
    code.metAt = undefined;
  }

  /** Something stands in `[start, end)` now that did not before. */
  #found(start: number, end: number): void {
    const isMet = this.#missing.take(start, end, this.#forgetAddress);
    if (isMet) this.changes++;
  }

  readonly #forgetAddress = (address: number): void => {
    this.texts.forget(address);
    this.#callers.forget(address);
    this.#leaves.forget(address);
  };

  #script(id: number): Script {
    let script = this.#scripts.get(id);
    if (!script) {
      script = new Script();
      this.#scripts.set(id, script);
    }
    return script;
  }

  #functionOf({ sfi, name: logged }: CodeRecord): LoggedFunction {
    const known = this.#functions.get(sfi);
    if (known?.logged === logged) return known;
    const func: LoggedFunction = {
      logged,
      script: undefined,
      start: -1,
      id: -1,
      row: -1,
    };
    this.#functions.set(sfi, func);
    return func;
  }
}
