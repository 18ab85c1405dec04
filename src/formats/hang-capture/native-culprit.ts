/** What a native stack stands in, as a person would call it. */
import type { HangFrame } from "./hang-file.ts";

/** Of code that V8 made, which has no symbols. */
const addressOnly = /^0x[\da-f]+$/;

export function isNativeName(name: string): boolean {
  return !addressOnly.test(name);
}

/** Code that V8 made or brought along, with or without a name: JavaScript runs in it. */
function isJavaScript(name: string): boolean {
  return addressOnly.test(name) || name.startsWith("Builtins_");
}

/** V8's way from JavaScript into a function of somebody else's. */
const wayOut = /HandleApiCall|FunctionCallbackArguments::Call/;

/**
 * What a person would call it: node's own function that JavaScript called, which says more than
 * the innermost one of some library.
 */
export function nativeCulprit(frames: readonly HangFrame[]): number {
  let own = frames.findLastIndex(({ name }, i) => {
    const isBoundary = i + 1 < frames.length && isJavaScript(frames[i + 1]!.name);
    return !isJavaScript(name) && isBoundary;
  });
  while (own > 0 && wayOut.test(frames[own]!.name)) own--;
  return own >= 0 ? own : frames.findIndex(({ name }) => isNativeName(name));
}
