/** What a call frame's time is spent on, as far as its name and URL tell. */
import type { FunctionSpec } from "../../profile/builder.ts";
import type { Category } from "../../profile/profile.ts";

/** V8's names for what is not a function. They have no URL. */
const metaFunctions: ReadonlyMap<string, Category> = new Map([
  ["(root)", "program"],
  ["(program)", "program"],
  ["(idle)", "idle"],
  ["(garbage collector)", "gc"],
]);

/**
 * V8 writes neither URL nor line for its own C++ functions and the embedder's, and folds builtins
 * of the language (`Array.prototype.sort`) into their JavaScript caller. So what has neither is
 * `native`, apart from compiled regular expressions and the entry stubs of WebAssembly.
 *
 * @param line 1-based, 0 when unknown. Code from `eval` has a line and no URL.
 */
export function categorize(name: string, url: string, line: number): Category {
  if (url.startsWith("wasm://")) return "wasm";
  if (url !== "" || line > 0) return "js";
  const meta = metaFunctions.get(name);
  if (meta) return meta;
  if (name.startsWith("RegExp: ")) return "regexp";
  if (name === "js-to-wasm" || name.startsWith("wasm-to-js")) return "wasm";
  return "native";
}

/** `lineNumber` and `columnNumber` are V8's: 0-based, negative or absent when unknown. */
export function functionSpec(
  name: string,
  url: string,
  lineNumber: number,
  columnNumber: number,
): FunctionSpec {
  const line = oneBased(lineNumber);
  return {
    name,
    url,
    line,
    column: line === 0 ? 0 : oneBased(columnNumber),
    category: categorize(name, url, line),
    module: url.startsWith("node:") ? "node" : "",
  };
}

const largestPosition = 2 ** 32 - 2;

function oneBased(zeroBased: number): number {
  const valid = Number.isInteger(zeroBased) && zeroBased >= 0 && zeroBased <= largestPosition;
  return valid ? zeroBased + 1 : 0;
}
