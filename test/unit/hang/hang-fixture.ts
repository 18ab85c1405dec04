/** Captures of hangs, made by hand. */
import type { HangFile, HangFrame, HangStep } from "../../../src/formats/hang-capture/hang-file.ts";
import { type HangReport, reportOf } from "../../../src/formats/hang-capture/report.ts";

export function frame(name: string, more: Partial<HangFrame> = {}): HangFrame {
  const place = { line: 3, column: 1, functionLine: 2, functionColumn: 1 };
  return { name, url: "file:///app.js", ...place, module: "", ...more };
}

export function native(name: string): HangFrame {
  const nowhere = { line: 0, column: 0, functionLine: 0, functionColumn: 0 };
  return { name, url: "", ...nowhere, module: "node" };
}

export function step(
  name: HangStep["step"],
  outcome: HangStep["outcome"],
  reason?: string,
  message = `${name} ${outcome}`,
): HangStep {
  return { step: name, outcome, message, ms: 5, ...(reason !== undefined && { reason }) };
}

/** @param stacks of indices of frames, innermost first */
export function hang(
  frames: readonly HangFrame[],
  stacks: readonly (readonly number[])[],
  more: Partial<HangFile> = {},
): HangFile {
  return {
    format: "hangscope-hang",
    version: 1,
    title: "node app.js",
    capturedAt: "2026-01-02T03:04:05.000Z",
    duration: 1_500_000,
    responsive: false,
    frames,
    stacks: stacks.map((indices, i) => ({ time: i * 1000, samples: 1, frames: indices })),
    scripts: [],
    steps: [],
    ...more,
  };
}

/** As if no frame had a source map; what is below `node:` is the runtime's. */
export function unmapped(file: HangFile): HangReport {
  return reportOf(file, (index) => {
    const { name, url, line, column, module } = file.frames[index]!;
    return { name, url, line, column, isApp: module === "" && !url.startsWith("node:") };
  });
}
