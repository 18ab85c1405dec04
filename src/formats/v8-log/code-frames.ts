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
import { findRow, parseSourceTable, type SourceTable } from "./source-table.ts";

/** A chain of no frames: the time belongs to the frame below. */
export const transparentChain = 0;

const categoryOf: Readonly<Record<CodeKind, Category>> = {
  js: "js",
  wasm: "wasm",
  regexp: "regexp",
  builtin: "builtin",
  handler: "builtin",
  callback: "native",
};

/** Rows of parsed source tables kept at a time: they are cheap to parse again. */
const maxCachedRows = 1 << 18;
const maxSourceUrlBytes = 16 * 1024;

export class CodeFrames {
  readonly #builder: ProfileBuilder;
  readonly #spans: FileSpans;
  readonly #files: ScriptFiles;
  /** Chain `n` is the frames from `starts[n]` to `starts[n + 1]`, outermost first. */
  readonly #starts: number[] = [0, 0];
  readonly #frames: number[] = [];
  readonly #isJs: boolean[] = [false];
  readonly #tables = new Map<Code, SourceTable>();
  #cachedRows = 0;
  readonly #names = new Map<LoggedFunction, FunctionName>();
  readonly #scripts = new Map<Script, string>();

  constructor(builder: ProfileBuilder, spans: FileSpans, files: ScriptFiles) {
    this.#builder = builder;
    this.#spans = spans;
    this.#files = files;
  }

  /** Scripts that frames were made for, each with the URL its functions have. */
  get scripts(): ReadonlyMap<Script, string> {
    return this.#scripts;
  }

  isJs(chain: number): boolean {
    return this.#isJs[chain]!;
  }

  /** The stack `parent` with the chain's frames on top. */
  push(chain: number, parent: number): number {
    const end = this.#starts[chain + 1]!;
    for (let i = this.#starts[chain]!; i < end; i++) {
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
    const table = code.table && code.tier !== "baseline" ? this.#tableOf(code) : undefined;
    const row = table ? findRow(table, offset) : -1;
    if (!table || !code.func || row < 0) {
      if (code.plainChain < 0) code.plainChain = this.#plain(code);
      return code.plainChain;
    }
    const frames: number[] = [];
    let position = table.columns[table.length + row]!;
    let inlining = table.columns[table.length * 2 + row]!;
    while (inlining >= 0 && inlining < table.inlinings.length) {
      const { callee, position: callPosition, parent } = table.inlinings[inlining]!;
      const func = code.callees[callee];
      if (func) frames.push(this.#frame(func, code, position, true));
      else if (callee >= 0) {
        this.#builder.warn(
          "unknown-inlined-function",
          "Places in optimized code belong to an inlined function that the log does not name; " +
            "their time is given to the caller.",
        );
      }
      position = callPosition;
      inlining = parent;
    }
    frames.push(this.#frame(code.func, code, position, false));
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
    this.#frames.push(...frames);
    this.#starts.push(this.#frames.length);
    return this.#isJs.push(isJs) - 1;
  }

  #frame(func: LoggedFunction, { tier }: Code, position: number, inlined: boolean): number {
    const key = (position + 1) * 16 + tierId(tier) * 2 + (inlined ? 1 : 0);
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

  #tableOf(code: Code): SourceTable {
    const cached = this.#tables.get(code);
    if (cached) return cached;
    const bytes = this.#spans.read(code.table!);
    const table = parseSourceTable(bytes, 0, bytes.length);
    this.#cachedRows += table.length;
    if (this.#cachedRows > maxCachedRows) {
      this.#tables.clear();
      this.#cachedRows = table.length;
    }
    this.#tables.set(code, table);
    return table;
  }
}

function displayName(code: Code): string {
  if (code.kind === "regexp") return `/${unescapeField(code.name)}/`;
  return code.name;
}
