/**
 * Turns "code at an offset" into the profile's frames: the function, and above it those that the
 * compiler had inlined there, each with the line and column being run.
 *
 * A chain is such a run of frames, kept by number. Who asks keeps the chain of an address.
 */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { type Category, tierId } from "../../profile/profile.ts";
import { unescapeField } from "./bytes.ts";
import type { Code, CodeKind, LoggedFunction } from "./code.ts";
import type { FileSpans } from "./file-spans.ts";
import { type FunctionName, splitFunctionName } from "./function-name.ts";
import { PlaceFrames } from "./place-frames.ts";
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
  readonly #places = new PlaceFrames();
  #functions = 0;
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
    addOffset(code, offset);
    return this.#make(code, isReturn ? offset - 1 : offset);
  }

  #make(code: Code, offset: number): number {
    const table = code.tier === "baseline" ? undefined : code.table;
    const places = table && findPlaces(this.#tables.text(table), offset);
    if (!places || !code.func) {
      if (code.plainChain < 0) code.plainChain = this.#plain(code);
      return code.plainChain;
    }
    const { positions, callees } = places;
    const own = this.#frame(code.func, code, positions.at(-1)!, false);
    if (callees.length === 0) return this.#single(own, true);
    const frames = [own];
    for (let i = callees.length - 1; i >= 0; i--) {
      const callee = callees[i]!;
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
    return this.#chain(frames, true);
  }

  #plain(code: Code): number {
    if (code.kind === "handler") return transparentChain;
    if (code.func) return this.#chain([this.#frame(code.func, code, -1, false)], true);
    const func = this.#builder.func({ name: displayName(code), category: categoryOf[code.kind] });
    const tier = code.kind === "wasm" ? code.tier : "native";
    return this.#chain([this.#builder.frame(func, { tier })], code.kind === "wasm");
  }

  #chain(frames: readonly number[], isJs: boolean): number {
    if (frames.length === 1) return this.#single(frames[0]!, isJs);
    for (const frame of frames) this.#frames.push(frame);
    const row = this.#starts.push(this.#frames.length) - 2;
    return (row << flagBits) | (isJs ? isScripted : 0);
  }

  #single(frame: number, isJs: boolean): number {
    return (frame << flagBits) | isSingle | (isJs ? isScripted : 0);
  }

  #frame(func: LoggedFunction, { tier }: Code, position: number, inlined: boolean): number {
    if (func.row < 0) func.row = this.#functions++;
    const kind = func.row * 16 + tierId(tier) * 2 + (inlined ? 1 : 0);
    const known = this.#places.find(kind, position + 1);
    if (known >= 0) return known;
    const name = this.#function(func);
    const found = position >= 0 ? func.script?.locate(position) : undefined;
    const { line, column } = found?.line ? found : name;
    const frame = this.#builder.frame(func.id, { line, column, tier, inlined });
    this.#places.add(kind, position + 1, frame);
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

function addOffset(code: Code, offset: number): void {
  code.metAt ??= [];
  code.metAt.push(offset);
  // One is met again when the caches of addresses were full in between.
  if (code.metAt.length > code.size * 2) code.metAt = [...new Set(code.metAt)];
}

function displayName(code: Code): string {
  if (code.kind === "regexp") return `/${unescapeField(code.name)}/`;
  return code.name;
}
