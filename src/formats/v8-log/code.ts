/** What the log knows of a piece of machine code or bytecode. */
import type { Tier } from "../../profile/profile.ts";
import type { AddressRange } from "./range-map.ts";
import type { Script } from "./script.ts";
import type { TableSpan } from "./source-tables.ts";

/** A JavaScript function of the log: what V8 calls a SharedFunctionInfo. */
export interface LoggedFunction {
  /** `name url:line:column` as logged: the name raw, the URL escaped. */
  readonly logged: string;
  script: Script | undefined;
  /** Position of its start in the script's source; -1 when not logged. */
  start: number;
  /** The profile's function, or -1 before it is needed. */
  id: number;
  /** Its number among those that frames were made for, or -1 before. */
  row: number;
}

/**
 * - `handler`: a bytecode handler; its time belongs to the interpreted function that it runs.
 * - `builtin`: the engine's own code; `callback`: an embedder's function called from JavaScript.
 */
export type CodeKind = "js" | "wasm" | "regexp" | "builtin" | "handler" | "callback";

export interface Code extends AddressRange {
  readonly kind: CodeKind;
  readonly tier: Tier;
  /** As logged; empty for `js`, whose name is the function's. */
  readonly name: string;
  readonly func: LoggedFunction | undefined;
  /** Where in the file its source table stands, once logged. */
  table: TableSpan | undefined;
  /** The functions that were inlined into it. */
  callees: readonly (LoggedFunction | undefined)[];
  /** Offsets into it that addresses were met at; most code is never met. */
  metAt: number[] | undefined;
  /** The chain of every offset that no table tells apart, or -1. */
  plainChain: number;
}

const tierOfMark: Readonly<Record<string, Tier>> = {
  "~": "interpreter",
  "^": "baseline",
  "+": "maglev",
  "*": "turbofan",
};

/**
 * The tier that a mark stands for. Kind numbers change with every V8 and marks gain letters
 * around them (`o*` for on-stack replacement, `*'` for a context), so only the known sign counts.
 */
export function tierOf(mark: string): Tier {
  for (const sign of mark) {
    const tier = tierOfMark[sign];
    if (tier) return tier;
  }
  return "unknown";
}

const functionTypes = new Set(["JS", "Function", "LazyCompile", "Script", "Eval"]);

/** Types whose records end in `,<sfi>,<mark>` and whose names are raw text, newlines included. */
export function isFunctionType(type: string): boolean {
  return functionTypes.has(type);
}

export function kindOf(type: string): CodeKind {
  switch (type) {
    case "BytecodeHandler":
      return "handler";
    case "RegExp":
      return "regexp";
    case "Callback":
      return "callback";
    default:
      return "builtin";
  }
}

const wasmName = /^wasm-function\[\d+\]|-(?:liftoff|turbofan)$/;

/** WebAssembly code is logged under the same type as JavaScript, with neither file nor line. */
export function isWasmName(logged: string): boolean {
  return wasmName.test(logged) && !/:\d+:\d+$/.test(logged);
}
