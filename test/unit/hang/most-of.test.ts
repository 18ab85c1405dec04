/** Which stacks of a log's end tell what its thread is stuck in. */
import assert from "node:assert/strict";
import { mostOf } from "../../../src/hang/read-armed-log.ts";
import type { SampledStack } from "../../../src/profile/query.ts";

function stack(samples: number, ...frames: readonly ("js" | "native" | "gc")[]): SampledStack {
  const place = { line: 0, column: 0, functionLine: 0, functionColumn: 0, module: "", url: "" };
  return { samples, frames: frames.map((category) => ({ ...place, name: category, category })) };
}

describe("the stacks that make up most of a log's end", () => {
  it("are without the rare ones, such as those from before", () => {
    const stacks = [stack(60, "js"), stack(35, "js"), stack(5, "js")];
    assert.deepEqual(mostOf(stacks, 100), stacks.slice(0, 2));
  });

  it("are those in the script, where the garbage collector shows none of it", () => {
    const script = [stack(40, "native", "js"), stack(30, "js")];
    assert.deepEqual(mostOf([script[0]!, stack(30, "gc"), script[1]!], 100), script);
  });

  it("are all kinds, where most are in no script", () => {
    const stacks = [stack(60, "native"), stack(40, "js")];
    assert.deepEqual(mostOf(stacks, 100), stacks);
  });
});
