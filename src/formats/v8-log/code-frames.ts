/**
 * Turns "code at an offset" into the profile's frames: the function, and above it those that the
 * compiler had inlined there, each with the line and column being run.
 *
 * A chain is such a run of frames; chains are made once per distinct offset and kept by number.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { type Category, tierId } from "../../profile/profile.ts";
import { unescapeField } from "./bytes.ts";
import type { Code, CodeKind, LoggedFunction } from "./code.ts";
import type { FileSpans } from "./file-spans.ts";
import { type FunctionName, splitFunctionName } from "./function-name.ts";
import type { FileSpan, Script } from "./script.ts";
import type { ScriptFiles } from "./script-files.ts";
import { findPlaces } from "./source-table.ts";
import type { SourceTables } from "./source-tables.ts";

/** A chain of no frames: the time belongs to the frame below. */
export const transparentChain = 0;
/** Of a chain's number: it is that of its only frame, as most are; or of a row of frames. */
const isSingle = 1;
/** Of a chain's number: its frames are JavaScript or WebAssembly. */
const isScripted = 2;
const flagBits = 2;

const categoryOf: Readonly<Record<CodeKind, Category>> = {
  js: "js",
  wasm: "wasm",
  regexp: "regexp",
  builtin: "builtin",
  handler: "builtin",
  callback: "native",
};

const maxSourceUrlBytes = 16 * 1024;

export class CodeFrames {
  readonly #builder: ProfileBuilder;
  readonly #spans: FileSpans;
  readonly #tables: SourceTables;
  readonly #files: ScriptFiles;
  /** Row `n` is the frames from `starts[n]` to `starts[n + 1]`, outermost first. */
  readonly #starts: number[] = [0, 0];
  readonly #frames: number[] = [];
  readonly #names = new Map<LoggedFunction, FunctionName>();
  readonly #scripts = new Map<Script, string>();

  constructor(builder: ProfileBuilder, spans: FileSpans, tables: SourceTables, files: ScriptFiles) {
    this.#builder = builder;
    this.#spans = spans;
    this.#tables = tables;
    this.#files = files;
  }

  /** Scripts that frames were made for, each with the URL its functions have. */
  get scripts(): ReadonlyMap<Script, string> {
    return this.#scripts;
  }

  isJs(chain: number): boolean {
    return (chain & isScripted) !== 0;
  }

  /** The stack `parent` with the chain's frames on top. */
  push(chain: number, parent: number): number {
    const row = chain >> flagBits;
    if ((chain & isSingle) !== 0) return this.#builder.node(parent, row);
    const end = this.#starts[row + 1]!;
    for (let i = this.#starts[row]!; i < end; i++) {
      parent = this.#builder.node(parent, this.#frames[i]!);
    }
    return parent;
  }

  /** A chain of one frame that stands for no code of the log. */
  single(frame: number): number {
    return this.#chain([frame], false);
  }

  /**
   * The chain for an address inside `code`. `isCaller` when it is a return address: it then
   * stands one instruction after the call.
   */
  at(code: Code, address: number, isCaller: boolean): number {
    const isReturn = isCaller && (code.tier === "maglev" || code.tier === "turbofan");
    const offset = address - code.start;
    const key = isReturn ? offset * 2 + 1 : offset * 2;
    code.chains ??= new Map();
    let chain = code.chains.get(key);
    if (chain === undefined) {
      chain = this.#make(code, isReturn ? offset - 1 : offset);
      code.chains.set(key, chain);
    }
    return chain;
  }

  #make(code: Code, offset: number): number {
    const table = code.tier === "baseline" ? undefined : code.table;
    const places = table && findPlaces(this.#tables.text(table), offset);
    if (!places || !code.func) {
      if (code.plainChain < 0) code.plainChain = this.#plain(code);
      return code.plainChain;
    }
    const { positions, callees } = places;
    const frames: number[] = [];
    for (const [i, callee] of callees.entries()) {
      const func = code.callees[callee];
      if (func) frames.push(this.#frame(func, code, positions[i]!, true));
      else if (callee >= 0) {
        this.#builder.warn(
          "unknown-inlined-function",
          "Places in optimized code belong to an inlined function that the log does not name; " +
            "their time is given to the caller.",
        );
      }
    }
    frames.push(this.#frame(code.func, code, positions.at(-1)!, false));
    return this.#chain(frames.reverse(), true);
  }

  #plain(code: Code): number {
    if (code.kind === "handler") return transparentChain;
    if (code.func) return this.#chain([this.#frame(code.func, code, -1, false)], true);
    const func = this.#builder.func({ name: displayName(code), category: categoryOf[code.kind] });
    const tier = code.kind === "wasm" ? code.tier : "native";
    return this.#chain([this.#builder.frame(func, { tier })], code.kind === "wasm");
  }

  #chain(frames: readonly number[], isJs: boolean): number {
    const flags = (frames.length === 1 ? isSingle : 0) | (isJs ? isScripted : 0);
    if (frames.length === 1) return (frames[0]! << flagBits) | flags;
    this.#frames.push(...frames);
    return ((this.#starts.push(this.#frames.length) - 2) << flagBits) | flags;
  }

  #frame(func: LoggedFunction, { tier }: Code, position: number, inlined: boolean): number {
    const key = (position + 1) * 16 + tierId(tier) * 2 + (inlined ? 1 : 0);
    func.frames ??= new Map();
    let frame = func.frames.get(key);
    if (frame === undefined) {
      const name = this.#function(func);
      const found = position >= 0 ? func.script?.locate(position) : undefined;
      const { line, column } = found?.line ? found : name;
      frame = this.#builder.frame(func.id, { line, column, tier, inlined });
      func.frames.set(key, frame);
    }
    return frame;
  }

  #function(func: LoggedFunction): FunctionName {
    const known = this.#names.get(func);
    if (known) return known;
    let name = splitFunctionName(func);
    const { script } = func;
    if (script) {
      if (!script.lines) script.lines = this.#files.lines(name.url);
      if (func.start >= 0 && !script.anchor(func.start, name.line, name.column)) {
        script.lines = undefined;
        this.#builder.warn(
          "source-mismatch",
          "The source of a script is not what was run; only its functions have lines.",
        );
      } else if (!script.lines) {
        this.#builder.warn(
          "source-missing",
          "The source of a script is neither in the log nor on this machine; only its functions have lines.",
        );
      }
      if (name.url === "" && script.sourceUrl) {
        name = { ...name, url: this.readComment(script.sourceUrl, maxSourceUrlBytes) };
      }
      this.#scripts.set(script, name.url);
    }
    this.#names.set(func, name);
    func.id = this.#builder.func({ ...name, category: "js" });
    return name;
  }

  /** The value of a magic comment: it ends with its line, at white space or at a quote. */
  readComment(span: FileSpan, limit: number): string {
    const length = Math.min(span.length, limit);
    const text = unescapeField(
      this.#spans.read({ offset: span.offset, length }).toString("latin1"),
    );
    return /^[^\s'"]*/.exec(text.trimStart())![0];
  }
}

function displayName(code: Code): string {
  if (code.kind === "regexp") return `/${unescapeField(code.name)}/`;
  return code.name;
}
